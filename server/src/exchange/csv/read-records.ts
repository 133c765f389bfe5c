import { exchangeLimits } from './csv-limits.ts';
import { RecordReader } from './record-reader.ts';

/** A record of a file that is read whole, row by row. */
export interface CsvRecord {
  /** Where it starts; the header is line 1. */
  readonly line: number;
  readonly cells: readonly (string | null)[];
}

/**
 * The records of CSV that was checked before, the header first, in lists of those that end in one piece. For what is read once and in
 * order, such as delivered files of the built-in endpoint. @throws CsvFault
 */
export async function* readRecords(source: AsyncIterable<Uint8Array>): AsyncGenerator<readonly CsvRecord[]> {
  const reader = new RecordReader({ columns: exchangeLimits.columns + addedColumns, cellBytes: mostCellBytes });
  for await (const piece of source) {
    reader.push(piece);
    const records = recordsOf(reader);
    if (records.length > 0) yield records;
  }
  reader.end();
  const records = recordsOf(reader);
  if (records.length > 0) yield records;
}

/** `line` and `row` (`TransformPlan.keepOrigins`). */
const addedColumns = 2;
/** `row` holds a whole record. */
const mostCellBytes = 2 ** 30;

function recordsOf(reader: RecordReader): CsvRecord[] {
  const records: CsvRecord[] = [];
  while (reader.next()) records.push({ line: reader.line, cells: reader.texts() });
  return records;
}
