import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { csvLine } from '../src/exchange/csv/csv-line.ts';
import { readSealed } from '../src/exchange/files/read-sealed.ts';
import { sealedWriter } from '../src/exchange/files/sealed-writer.ts';
import type { TransformPlan, TransformResult } from '../src/exchange/csv/transform-plan.ts';

/** The key of files in tests. */
export const testFileKey = new Uint8Array(32).fill(5);

export async function* pieces(text: string | Uint8Array, size = 7): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

export async function sealFile(path: string, text: string): Promise<void> {
  const writer = await sealedWriter(path, testFileKey);
  await writer.write(Buffer.from(text));
  await writer.finish({ sync: false });
}

export async function unsealFile(path: string): Promise<string> {
  const read: Uint8Array[] = [];
  for await (const piece of readSealed(path, testFileKey)) read.push(Buffer.from(piece));
  return Buffer.concat(read).toString('utf8');
}

/** Columns, identifiers and attributes of a plan, each as `name:type`; an attribute as `source:type>destination:type`, `!` where required. */
export interface PlanSketch {
  readonly identifiers: readonly string[];
  readonly onto: string;
  readonly attributes?: readonly string[];
  readonly others?: readonly string[];
}

const named = (text: string): { name: string; type: string } => {
  const [name = '', type = 'string'] = text.split(':');
  return { name, type };
};

/** A plan over texts that are sealed into `folder`. */
export async function planOf(
  folder: string,
  texts: readonly string[],
  { identifiers, onto, attributes = [], others = [] }: PlanSketch,
  more: Partial<TransformPlan> = {},
): Promise<TransformPlan> {
  const files = texts.map((_, at) => ({ path: join(folder, `in-${at}`), name: `77_${at + 1}.csv` }));
  for (const [at, { path }] of files.entries()) await sealFile(path, texts[at] ?? '');
  const mappings = attributes.map((text) => {
    const [source = '', destination = ''] = text.split('>');
    return { source: named(source), destination: { ...named(destination.replace('!', '')), isRequired: destination.endsWith('!') } };
  });
  return {
    files,
    columns: [
      ...identifiers.map((text) => ({ ...named(text), isIdentifier: true })),
      ...[...mappings.map(({ source }) => source), ...others.map(named)].map((column) => ({ ...column, isIdentifier: false })),
    ],
    sourceIdentifiers: identifiers.map(named),
    destinationIdentifier: named(onto),
    attributes: mappings,
    sourceHashAlgorithm: 'NONE',
    destinationHashAlgorithm: 'NONE',
    shareAction: 'ADD',
    builtIn: null,
    keepOrigins: false,
    mostFileBytes: 2 ** 20,
    key: testFileKey,
    folder: join(folder, 'out'),
    name: '77',
    rejectsPath: join(folder, 'rejects'),
    workFolder: join(folder, 'work'),
    memoryBytes: 2 ** 20,
    ...more,
  };
}

/** The texts that a run made: delivered files, and rejects without their header. */
export async function madeBy(result: TransformResult): Promise<{ delivered: string[]; rejects: string[] }> {
  const delivered = await Promise.all(result.files.map(({ path }) => unsealFile(path)));
  const rejects = result.rejectsPath === null ? '' : await unsealFile(result.rejectsPath);
  const header = csvLine(['line', 'code', 'message', 'row']);
  return { delivered, rejects: rejects.slice(header.length).split('\r\n').slice(0, -1) };
}

/** Every file below a folder. */
export const filesBelow = (folder: string): string[] => readdirSync(folder, { recursive: true }).map(String).toSorted();
