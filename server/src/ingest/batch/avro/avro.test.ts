import { Buffer } from 'node:buffer';
import { PassThrough } from 'node:stream';
import avro, { type Schema } from 'avsc';
import { describe, expect, it } from 'vitest';
import { removal } from '../../../profiles/operation-batch.ts';
import { decodeIdentifier } from '../../../profiles/identifier-key.ts';
import type { LoadPlan } from '../load/load-plan.ts';
import { faultCodes } from '../parse/fault-codes.ts';
import { ParsedChunk } from '../parse/parsed-chunk.ts';
import { SegmentTable } from '../parse/segment-table.ts';
import { avroRecords } from './avro-records.ts';
import { avroStretches } from './avro-stretches.ts';

const deviceDomain = { type: 'enum', name: 'device_domain', symbols: ['idfa', 'sha1udid', 'aaid'] };
const record = (name: string, fields: Record<string, unknown>) => ({
  type: 'record',
  name,
  fields: Object.entries(fields).map(([field, type]) => ({ name: field, type })),
});
const schema = record('user_segments', {
  uid: [
    'long',
    record('device_id', { id: 'string', domain: deviceDomain }),
    record('eid', { source: 'string', id: 'string' }),
    record('external_id', { id: 'string', member_id: 'int' }),
    record('ifa', { id: 'string', type: 'string' }),
  ],
  segments: {
    type: 'array',
    items: record('segment', { id: 'int', code: 'string', member_id: 'int', expiration: 'int', timestamp: 'long', value: 'int' }),
  },
}) as Schema;

interface Segment {
  readonly id?: number;
  readonly code?: string;
  readonly member_id?: number;
  readonly expiration?: number;
  readonly timestamp?: number;
  readonly value?: number;
}
const segment = (sent: Segment): Segment => ({ id: 0, code: '', member_id: 0, expiration: -2, timestamp: 0, value: 0, ...sent });
const row = (uid: object, ...segments: Segment[]) => ({ uid, segments: segments.map(segment) });

/** A container file. */
async function fileOf(rows: readonly object[], { codec = 'null', of = schema } = {}): Promise<Buffer> {
  const encoder = new avro.streams.BlockEncoder(avro.Type.forSchema(of, { wrapUnions: true }), {
    codec,
    blockSize: 200,
    writeHeader: 'always',
  } as never);
  const into = new PassThrough();
  encoder.pipe(into);
  for (const each of rows) encoder.write(each);
  encoder.end();
  const parts: Buffer[] = [];
  for await (const part of into) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

async function* pieces(file: Buffer, length = 13): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.length; at += length) yield file.subarray(at, at + length);
}

async function values(file: Buffer, length?: number): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const records of avroRecords(pieces(file, length))) all.push(...records.map(({ value }) => value));
  return all;
}

const plan: LoadPlan = {
  form: {
    separators: [59, 44, 58, 9, 94],
    fields: ['SEG_ID'],
    uploader: 7,
    externalMember: 8,
    defaultDomain: null,
    defaultExpiration: 500,
    nowS: 2_000_000_000,
  },
  knownUsersOnly: false,
  validateOnly: false,
  undo: false,
  errorLogLines: 10,
  mostInvalid: 10,
  eidSources: ['netid.de'],
};

/** What one chunk of all records says; segments 1 to 99 are usable, codes too, with the id 50; others are unknown. */
async function taken(rows: readonly object[], repeats: Uint8Array | null = null) {
  const table = new SegmentTable();
  const chunk = new ParsedChunk();
  const texts: string[] = [];
  for await (const stretch of avroStretches(pieces(await fileOf(rows), 4096), plan, table, repeats)) {
    while (!stretch.fillChunk(chunk))
      table.take(
        stretch.unresolved().map((name) => {
          const id = name.id === null ? 50 : Number(name.id);
          return { name, state: id < 100 ? ('usable' as const) : ('invalid' as const), segment: id, expireMinutes: id === 9 ? 0 : null };
        }),
      );
    texts.push(Buffer.from(stretch.bytes).toString('utf8'));
  }
  let keyStart = 0;
  const users = Array.from(chunk.userKeyEnds.subarray(0, chunk.userCount), (end) => {
    const key = chunk.keys.subarray(keyStart, end);
    keyStart = end;
    return decodeIdentifier(key);
  });
  return {
    users,
    operations: [...chunk.operations.subarray(0, chunk.operationCount * 4)],
    faults: Array.from(chunk.faultCode.subarray(0, chunk.faultCount), (code, at) => [chunk.faultLine[at], code]),
    idle: chunk.idleCount,
    lines: chunk.lines,
    text: texts.join(''),
  };
}

describe('an Avro file', () => {
  it.each(['null', 'deflate'])('is read whatever its pieces are (%s)', async (codec) => {
    const rows = Array.from({ length: 300 }, (_, i) => row({ long: i + 1 }, { id: i }));
    const file = await fileOf(rows, { codec });
    const read = await values(file);
    expect(read).toHaveLength(300);
    expect(await values(file, 1)).toEqual(read);
    expect(await values(file, 100_000)).toEqual(read);
  });
  it('without records is read', async () => expect(await values(await fileOf([]))).toEqual([]));
  it('that is cut short is refused, but between two blocks, where it is whole', async () => {
    const file = await fileOf([row({ long: 1 }, { id: 1 }), row({ long: 2 }, { id: 1 })]);
    const faults: string[] = [];
    for (let length = 4; length < file.length; length += 1)
      await values(file.subarray(0, length), 500).catch((error: unknown) => faults.push((error as Error).message));
    expect(faults.length).toBeGreaterThanOrEqual(file.length - 4 - 2);
    expect(new Set(faults)).toEqual(new Set(['the Avro file is cut short']));
  });
  it('whose bytes are changed is refused or reads as other records, and nothing else happens', async () => {
    const file = await fileOf(Array.from({ length: 30 }, (_, i) => row({ long: i + 1 }, { id: i })));
    const ends = new Set<string>();
    for (let at = 5; at < file.length; at += 11) {
      const spoilt = Buffer.from(file);
      spoilt[at] = (spoilt[at] ?? 0) ^ 0x5a;
      ends.add(
        await values(spoilt).then(
          () => 'read',
          (error: unknown) => (error as Error).name,
        ),
      );
    }
    expect([...ends].sort()).toEqual(['UnreadableFile', 'read']);
  });
  it.each([
    { what: 'another schema', of: record('other', { name: 'string' }), rows: [{ name: 'x' }], fault: /no field 'uid'/ },
    {
      what: 'segments that are no array',
      of: record('r', { uid: 'long', segments: 'int' }),
      rows: [{ uid: 1, segments: 1 }],
      fault: /no array/,
    },
    {
      what: 'segments without a name',
      of: record('r', { uid: 'long', segments: { type: 'array', items: record('s', { value: 'int' }) } }),
      rows: [],
      fault: /neither 'id' nor 'code'/,
    },
  ])('of $what is refused', async ({ of, rows, fault }) => expect(values(await fileOf(rows, { of: of as Schema }))).rejects.toThrow(fault));
  it('of another codec is refused', async () => {
    const file = await fileOf([row({ long: 1 }, { id: 1 })]);
    const renamed = Buffer.from(file.toString('latin1').replace('\u0008null', '\u0008zstd'), 'latin1');
    await expect(values(renamed)).rejects.toThrow(/codec is 'zstd'/);
  });
});

describe('records', () => {
  it('name users of every kind, in canonical form', async () => {
    const id = '3F2504E0-4F89-41D3-9A0C-0305E82C3301';
    const { users, faults, lines } = await taken([
      row({ long: 9_007_199_254_740_990 }, { id: 1 }),
      row({ device_id: { id, domain: 'idfa' } }, { id: 1 }),
      row({ eid: { source: 'NetID.de', id: 'a' } }, { id: 1 }),
      row({ external_id: { id: 'mine', member_id: 7 } }, { id: 1 }),
      row({ external_id: { id: 'theirs', member_id: 8 } }, { id: 1 }),
      row({ ifa: { id: 'x', type: 'atif' } }, { id: 1 }),
      row({ long: -1 }, { id: 1 }),
      row({ eid: { source: 'other.example', id: 'a' } }, { id: 1 }),
      row({ external_id: { id: 'nobody', member_id: 9 } }, { id: 1 }),
    ]);
    expect(users).toEqual([
      { kind: 'user', id: 9_007_199_254_740_990n },
      { kind: 'device', domain: 'idfa', id: id.toLowerCase() },
      { kind: 'eid', source: 'netid.de', id: 'a' },
      { kind: 'external', member: 7, id: 'mine' },
      { kind: 'external', member: 8, id: 'theirs' },
      { kind: 'ifa', type: 'atif', id: 'x' },
    ]);
    expect([faults, lines]).toEqual([[6, 7, 8].map((line) => [line, faultCodes.user]), 9]);
  });
  it('say segments, lifetimes, times and values as lines do', async () => {
    const { nowS } = plan.form;
    const { operations, idle } = await taken([
      row(
        { long: 1 },
        { id: 2 },
        { id: 3, expiration: 0, value: 4 },
        { code: 'x', expiration: -1 },
        { code: 'y', member_id: 5, expiration: 60, timestamp: nowS - 10 },
      ),
      row({ long: 2 }, { id: 9 }),
    ]);
    expect(operations).toEqual([2, 0, nowS, 500, 3, 4, nowS, 259_200, 50, 0, 0, removal, 50, 0, nowS - 10, 60]);
    expect(idle).toBe(1);
  });
  it('that are malformed are refused whole; faulty pairs alone', async () => {
    const many = Array.from({ length: 1801 }, () => ({ id: 1 }));
    const { faults, operations } = await taken(
      [
        row({ long: 1 }),
        row({ long: 1 }, { id: 1, code: 'x' }),
        row({ long: 1 }, {}),
        row({ long: 1 }, { id: 1, expiration: -3 }),
        row({ long: 1 }, { id: 1, value: -1 }),
        row({ long: 1 }, ...many),
        row(
          { long: 2 },
          { id: 1, timestamp: -5 },
          { id: 500 },
          { id: 1, timestamp: 1, expiration: 5 },
          { code: '漢' },
          { id: 7, expiration: 5 },
        ),
        row({ long: 3 }, { id: 1 }),
      ],
      Uint8Array.of(0, 1),
    );
    expect(faults).toEqual([
      [0, faultCodes.fields],
      [1, faultCodes.value],
      [2, faultCodes.value],
      [3, faultCodes.value],
      [4, faultCodes.value],
      [5, faultCodes.tooMany],
      [6, faultCodes.timestamp],
      [6, faultCodes.invalidSegment],
      [6, faultCodes.pastExpiration],
      [6, faultCodes.invalidSegment],
      [7, faultCodes.repeat],
    ]);
    expect(operations).toEqual([7, 0, plan.form.nowS, 5]);
  });
  it('are shown as JSON with all digits', async () => {
    const { text } = await taken([row({ long: 1 }, { id: 1 })]);
    expect(text).toBe('{"uid":{"long":1},"segments":[{"id":1,"code":"","member_id":0,"expiration":-2,"timestamp":0,"value":0}]}');
  });
});
