import { audienceFiles, type AudienceFile, type AudienceHeader, countRows, readHeader, UnusableFile } from './audience-file.ts';
import { columns } from './endpoint-definition.ts';
import { idText, isFields } from './exact-json.ts';
import { ProtocolRefusal } from './protocol-faults.ts';
import { configKeys, type ToolkitConfig } from './toolkit-config.ts';
import { type ToolkitOutcome, type ToolkitRun, withProgress } from './toolkit-run.ts';

interface Offer {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly segment_attributes: readonly { readonly name: string; readonly type: string; readonly isIdentifier?: boolean }[];
  readonly count: number;
  readonly lastModified: string;
}

/** A segment that the server has already. */
interface Known {
  readonly columns: readonly string[];
  readonly count: string | undefined;
  readonly modifiedMs: number;
}

/**
 * Offers the files of the folder as segments (exchange.md section 2.4): what is new or other is added. With `replace` the list becomes
 * what is in the folder. A file whose header cannot be read is told and passed over.
 */
export async function registerAudiences(run: ToolkitRun, replace: boolean): Promise<ToolkitOutcome> {
  const { call, config, client } = run;
  const endpoint = config.endpointId(configKeys.producerId);
  const path = `/v1/endpoint/${endpoint}/segments`;
  const typeOf = declaredTypes(config);
  const files = await audienceFiles(config.folder(configKeys.publishFolder));
  const known = await call.slowly('reading the list of segments …', knownSegments(run, path));
  const offers: Offer[] = [];
  const changed: string[] = [];
  let failed = 0;
  for (const file of files) {
    try {
      const offer = await offerOf(run, file, typeOf);
      offers.push(offer);
      const change = changeOf(offer, known.get(offer.id));
      if (change === null) continue;
      changed.push(offer.id);
      tell(run, file, change, offer);
    } catch (error) {
      if (!(error instanceof UnusableFile)) throw error;
      failed += 1;
      call.say(`foyer: ${file.path} is passed over: ${error.message}`);
    }
  }
  const gone = replace ? [...known.keys()].filter((id) => !offers.some((offer) => offer.id === id)) : [];
  // A list is not replaced without the segments of files that could not be read.
  if (replace && failed === 0 && (changed.length > 0 || gone.length > 0)) await client.json({ method: 'PUT', path, json: offers });
  else if (changed.length > 0) await client.json({ method: 'POST', path, json: offers.filter(({ id }) => changed.includes(id)) });
  if (!call.json) call.print(summary(offers.length, changed.length, replace && failed === 0 ? gone.length : 0));
  return { done: changed.length, failed, unreachable: false };
}

function tell({ call }: ToolkitRun, { fileName }: AudienceFile, change: string, offer: Offer): void {
  if (call.json) call.printJson({ file: fileName, change, ...offer });
  else
    call.print(
      `${change.padEnd(15)}  ${offer.name}  ${offer.count} rows, columns ${offer.segment_attributes.map(({ name }) => name).join(', ')}`,
    );
}

const summary = (all: number, changed: number, gone: number): string =>
  `${all === 1 ? '1 audience is' : `${all} audiences are`} offered, ${changed} of them new or changed${gone === 0 ? '' : `; ${gone} withdrawn`}.`;

async function offerOf(run: ToolkitRun, file: AudienceFile, typeOf: ReadonlyMap<string, Declared>): Promise<Offer> {
  const header: AudienceHeader = await readHeader(file.path);
  const count = await withProgress(run, `counting ${file.fileName}`, header.size, (onBytes) => countRows(file.path, onBytes, run.signal));
  return {
    id: file.segmentId,
    name: file.audienceName,
    description: null,
    segment_attributes: header.columns.map((name) => ({ name, type: 'string', ...typeOf.get(name.toLowerCase()) })),
    count,
    lastModified: new Date(Math.floor(header.modifiedMs / 1000) * 1000).toISOString().replace('.000Z', 'Z'),
  };
}

interface Declared {
  readonly type: string;
  readonly isIdentifier: boolean;
}

/** Types that the configuration names; of the other columns the server knows from the registration. */
const declaredTypes = (config: ToolkitConfig): ReadonlyMap<string, Declared> =>
  new Map(
    [configKeys.attributes, configKeys.identifiers].flatMap((key) =>
      columns(config, key).map(({ name, type }) => [name.toLowerCase(), { type, isIdentifier: key === configKeys.identifiers }] as const),
    ),
  );

function changeOf(offer: Offer, known: Known | undefined): string | null {
  if (known === undefined) return 'new';
  const names = offer.segment_attributes.map(({ name }) => name);
  if (names.join('\n') !== known.columns.join('\n')) return 'header changed';
  return known.count === String(offer.count) && known.modifiedMs === Date.parse(offer.lastModified) ? null : 'content changed';
}

/** By id; empty where the server does not list them (exchange.md section 2.4: that call is a choice), so that all files are offered anew. */
async function knownSegments({ client }: ToolkitRun, path: string): Promise<ReadonlyMap<string, Known>> {
  try {
    const list = await client.list(path);
    return new Map(
      list.filter(isFields).flatMap((segment) => {
        const id = idText(segment['id']);
        return id === undefined ? [] : [[id, readKnown(segment)] as const];
      }),
    );
  } catch (error) {
    if (error instanceof ProtocolRefusal && (error.status === 405 || error.status === 501)) return new Map();
    throw error;
  }
}

function readKnown(segment: Readonly<Record<string, unknown>>): Known {
  const attributes = Array.isArray(segment['segment_attributes']) ? segment['segment_attributes'] : [];
  return {
    columns: attributes.filter(isFields).map((attribute) => idText(attribute['name']) ?? ''),
    count: idText(segment['count']),
    modifiedMs: Date.parse(idText(segment['lastModified']) ?? ''),
  };
}
