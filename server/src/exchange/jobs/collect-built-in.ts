import { asMemberId, asSegmentId } from '../../kit/ids.ts';
import { csvLine } from '../csv/csv-line.ts';
import { segmentRows } from '../built-in/segment-rows.ts';
import { sealedWriter, type SealedWriter } from '../files/sealed-writer.ts';
import { JobFault } from './job-fault.ts';
import { receivedName, recordFile } from './received-files.ts';
import { moveOn, preparedOf, progressOf, type Stage } from './stage.ts';

/** RECEIVING_DATA from the built-in endpoint: writes the segment's rows as any other source would send them. Begun anew after a restart. */
export async function collectBuiltIn(stage: Stage): Promise<boolean> {
  const { parts, job } = stage;
  const writer = await sealedWriter(parts.folders.of(job.id).received(1), parts.box.fileKey);
  try {
    const { rows, unknown } = await writeRows(stage, writer);
    const sealed = await writer.finish({ sync: true });
    const file = { number: 1, name: receivedName(job.id, 1), rows, ...sealed };
    await moveOn(stage, { rows_received: rows, rows_unknown: unknown, checkpoint: JSON.stringify({ collected: true }) }, (change) =>
      recordFile(change, job.id, 'in', file),
    );
  } catch (error) {
    await writer.discard();
    throw error;
  }
  stage.progress(30);
  return true;
}

async function writeRows(stage: Stage, writer: SealedWriter): Promise<{ rows: number; unknown: number }> {
  const { parts, job, signal } = stage;
  const tell = progressOf(stage);
  await writer.write(Buffer.from(csvLine([...identifiersOf(stage), ...attributesOf(stage)])));
  let rows = 0;
  let unknown = 0;
  const question = {
    member: asMemberId(job.member_id),
    segment: asSegmentId(Number(job.source_segment_id)),
    identifiers: identifiersOf(stage),
    attributes: attributesOf(stage),
  };
  for await (const page of segmentRows(parts.profiles, parts.clock, question)) {
    signal.throwIfAborted();
    // No cell is an empty text: what is empty is nothing.
    for (const cells of page.rows) await writer.write(Buffer.from(csvLine(cells.map((cell) => (cell === '' ? null : cell)))));
    rows += page.rows.length;
    unknown += page.unknown;
    tell({ rows_received: rows });
  }
  if (rows > mostRows) throw new JobFault('TOO_LARGE', `The segment has more than ${mostRows} rows, which is more than one run may move.`);
  return { rows, unknown };
}

const mostRows = 50_000_000;

const identifiersOf = ({ job }: Stage): string[] => preparedOf(job).mapping.sourceIdentifiers.map(({ name }) => name);
const attributesOf = ({ job }: Stage): string[] => [...new Set(preparedOf(job).mapping.attributes.map(({ source }) => source.name))];
