import type { Buffer } from 'node:buffer';
import type { Type } from 'avsc';
import { UnreadableFile } from '../scan/unpacked-text.ts';
import { AvroContainer } from './avro-container.ts';
import { writerType } from './avro-schema.ts';

/** A record of a file, and the bytes that it was written as. */
export interface AvroRecord {
  readonly value: Readonly<Record<string, unknown>>;
  readonly bytes: Uint8Array;
}

/** The records of a container file, those of a block together, read with the writer's schema. @throws UnreadableFile */
export async function* avroRecords(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<readonly AvroRecord[]> {
  const container = new AvroContainer();
  let type: Type | null = null;
  let count = 0;
  for await (const piece of pieces) {
    container.push(piece);
    for (const block of container.blocks()) {
      type ??= writerType(container.header?.schema ?? '');
      const records = decoded(type, block.data, block.count, count);
      count += records.length;
      yield records;
    }
  }
  container.finish();
  // Also of a file without records.
  if (type === null) writerType(container.header?.schema ?? '');
}

function decoded(type: Type, data: Buffer, count: number, before: number): AvroRecord[] {
  const records: AvroRecord[] = [];
  let at = 0;
  // A record takes a byte at least: a count beyond that is none, and nothing is made room for.
  if (count > data.length) throw damagedAt(before);
  for (let record = 0; record < count; record++) {
    const { value, offset } = decodedOne(type, data, at, before + record);
    records.push({ value: value as AvroRecord['value'], bytes: data.subarray(at, offset) });
    at = offset;
  }
  if (at !== data.length) throw damagedAt(before + count);
  return records;
}

function decodedOne(type: Type, data: Buffer, at: number, record: number): { readonly value: unknown; readonly offset: number } {
  try {
    const { value, offset } = type.decode(data, at) as { readonly value?: unknown; readonly offset: number };
    if (offset > at && offset <= data.length) return { value, offset };
  } catch (error) {
    throw damagedAt(record, error);
  }
  throw damagedAt(record);
}

const damagedAt = (record: number, cause?: unknown): UnreadableFile =>
  new UnreadableFile(`the Avro file is damaged at its record ${record + 1}`, cause === undefined ? undefined : { cause });
