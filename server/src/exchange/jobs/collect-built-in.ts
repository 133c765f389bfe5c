import { asMemberId, asSegmentId } from '../../kit/ids.ts';
import { segmentRows } from '../built-in/segment-rows.ts';
import { csvLine } from '../csv/csv-line.ts';
import { exchangeLimits } from '../csv/csv-limits.ts';
import { sealedWriter, type SealedWriter } from '../files/sealed-writer.ts';
import { mappedColumns } from '../shares/mapping.ts';
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
  const { identifiers, attributes } = mappedColumns(preparedOf(job).mapping);
  const question = {
    member: asMemberId(job.member_id),
    segment: asSegmentId(Number(job.source_segment_id)),
    identifiers: identifiers.map(({ name }) => name),
    attributes: attributes.map(({ name }) => name),
  };
  await writer.write(Buffer.from(csvLine([...question.identifiers, ...question.attributes])));
  let rows = 0;
  let unknown = 0;
  for await (const page of segmentRows(parts.profiles, parts.clock, question)) {
    signal.throwIfAborted();
    // No cell is an empty text: what is empty is nothing.
    for (const cells of page.rows) await writer.write(Buffer.from(csvLine(cells.map((cell) => (cell === '' ? null : cell)))));
    rows += page.rows.length;
    if (rows > exchangeLimits.rows)
      throw new JobFault('TOO_LARGE', `The segment has more than ${exchangeLimits.rows} rows, which is more than one run may move.`);
    unknown += page.unknown;
    tell({ rows_received: rows });
  }
  return { rows, unknown };
}
