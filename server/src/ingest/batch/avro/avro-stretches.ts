import { Buffer } from 'node:buffer';
import { encodeIdentifier } from '../../../profiles/identifier-key.ts';
import type { LoadPlan } from '../load/load-plan.ts';
import type { Stretch } from '../load/stretch.ts';
import { faultCodes, mostSegmentsOfLine } from '../parse/fault-codes.ts';
import { removes, unsent } from '../parse/lifetime-of.ts';
import { PairWriting } from '../parse/pair-writing.ts';
import { noUse, type ParsedChunk } from '../parse/parsed-chunk.ts';
import { noNumber } from '../parse/read-number.ts';
import { type SegmentName, type SegmentTable, stateCodes } from '../parse/segment-table.ts';
import { isRepeatIn } from '../scan/repeated-lines.ts';
import { type AvroRecord, avroRecords } from './avro-records.ts';
import { resolveUid, unwrapped } from './avro-uid.ts';

const mostRecords = 2048;
const mostInteger = 0x7fff_ffff;
const mostTimestamp = 0xffff_ffff;
/** Of a segment: not there in the record, and what stands for that (ingest.md section 4.7). */
const defaultExpiration = -2;

/** The stretches of an Avro file: records of one block, a few thousand at most. A record is a line. */
export async function* avroStretches(
  pieces: AsyncIterable<Uint8Array>,
  plan: LoadPlan,
  table: SegmentTable,
  repeats: Uint8Array | null,
): AsyncGenerator<Stretch> {
  const taking = new RecordTaking(plan, table);
  let line = 1;
  for await (const records of avroRecords(pieces)) {
    for (let at = 0; at < records.length; at += mostRecords) {
      const some = records.slice(at, at + mostRecords);
      yield new RecordStretch(some, line, taking, repeats);
      line += some.length;
    }
  }
}

/** A segment of a record as it is sent: its use is known to the table. */
interface SentSegment {
  readonly use: number;
  readonly value: number;
  readonly expiration: number;
  readonly timestamp: number;
}

class RecordStretch implements Stretch {
  readonly bytes: Uint8Array;
  readonly firstLine: number;
  readonly #records: readonly AvroRecord[];
  readonly #ends: number[] = [];
  readonly #taking: RecordTaking;
  readonly #repeats: Uint8Array | null;
  #unresolved: readonly SegmentName[] = [];

  constructor(records: readonly AvroRecord[], firstLine: number, taking: RecordTaking, repeats: Uint8Array | null) {
    this.#records = records;
    this.firstLine = firstLine;
    this.#taking = taking;
    this.#repeats = repeats;
    const texts = records.map(({ value }) => Buffer.from(JSON.stringify(value, withDigits)));
    let end = 0;
    for (const text of texts) this.#ends.push((end += text.length));
    this.bytes = Buffer.concat(texts);
  }

  fillChunk(into: ParsedChunk): boolean {
    this.#unresolved = this.#taking.unknownNames(this.#records);
    if (this.#unresolved.length > 0) return false;
    for (const [at, record] of this.#records.entries()) {
      const isRepeat = this.#repeats !== null && isRepeatIn(this.#repeats, this.firstLine + at);
      this.#taking.take(record, isRepeat, at === 0 ? 0 : (this.#ends[at - 1] ?? 0), this.#ends[at] ?? 0, into);
    }
    return true;
  }

  unresolved(): readonly SegmentName[] {
    return this.#unresolved;
  }

  release(): void {
    // Its bytes may lie in memory that Buffers share: the collector knows.
  }
}

/** User ids in all their digits. */
const withDigits = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(String(value)) : value;

/** Turns records into the columns of a chunk, by the rules that lines have (ingest.md section 4.5). */
class RecordTaking {
  readonly #plan: LoadPlan;
  readonly #table: SegmentTable;
  readonly #pairs: PairWriting;
  readonly #eidSources: ReadonlySet<string>;

  constructor(plan: LoadPlan, table: SegmentTable) {
    this.#plan = plan;
    this.#table = table;
    this.#pairs = new PairWriting(plan.form, table);
    this.#eidSources = new Set(plan.eidSources);
  }

  /** Segments of well-formed records that must be asked for first. */
  unknownNames(records: readonly AvroRecord[]): SegmentName[] {
    const uses = new Set<number>();
    for (const record of records) {
      const segments = this.#segmentsOf(record);
      if (typeof segments === 'number') continue;
      for (const { use } of segments) if (this.#table.states[use] === stateCodes.unasked) uses.add(use);
    }
    return Array.from(uses, (use) => this.#table.nameOf(use));
  }

  take(record: AvroRecord, isRepeat: boolean, start: number, end: number, into: ParsedChunk): void {
    into.makeRoom();
    const segments = this.#segmentsOf(record);
    const resolved = resolveUid(record.value.uid, this.#plan.form, this.#eidSources);
    if (typeof segments === 'number') into.addFault(segments, start, end, noUse);
    else if (resolved === 'unknown-domain') into.addFault(faultCodes.domain, start, end, noUse);
    else if (isRepeat) into.addFault(faultCodes.repeat, start, end, noUse);
    else if (typeof resolved === 'string') into.addFault(faultCodes.user, start, end, noUse);
    else {
      into.makeKeyRoom(encodeIdentifier.maxBytes(resolved));
      this.#write(segments, encodeIdentifier(resolved, into.keys, into.keyEnd), start, end, into);
    }
    into.lines += 1;
    into.physicalLines += 1;
  }

  #write(segments: readonly SentSegment[], keyBytes: number, start: number, end: number, into: ParsedChunk): void {
    const firstFault = into.faultCount;
    const pairs = this.#pairs;
    pairs.begin(into);
    for (const { use, value, expiration, timestamp } of segments) pairs.write(use, value, expiration, timestamp, start, end, into);
    let user: number;
    if (pairs.operationEnd > into.operationCount) {
      user = into.userCount;
      into.addUser(keyBytes, pairs.operationEnd, start, end, pairs.kept);
    } else {
      user = ~into.idleCount;
      into.addIdle(keyBytes, start, end, pairs.kept);
    }
    for (let fault = firstFault; fault < into.faultCount; fault++) into.faultUser[fault] = user;
  }

  /** Or the fault of the record's format. */
  #segmentsOf({ value }: AvroRecord): readonly SentSegment[] | number {
    const sent = unwrapped(value.segments);
    if (!Array.isArray(sent) || sent.length === 0) return faultCodes.fields;
    if (sent.length > mostSegmentsOfLine) return faultCodes.tooMany;
    const segments: SentSegment[] = [];
    for (const each of sent) {
      const segment = this.#segmentOf(each as Readonly<Record<string, unknown>>);
      if (segment === undefined) return faultCodes.value;
      segments.push(segment);
    }
    return segments;
  }

  #segmentOf(sent: Readonly<Record<string, unknown>>): SentSegment | undefined {
    const id = numberOf(sent.id, 0);
    const code = unwrapped(sent.code) ?? '';
    const owner = numberOf(sent.member_id, 0);
    const expiration = numberOf(sent.expiration, defaultExpiration);
    const value = numberOf(sent.value, 0);
    if (!(id >= 0) || !(owner >= 0) || typeof code !== 'string' || (id === 0) === (code === '')) return undefined;
    if (!(expiration >= defaultExpiration && expiration <= mostInteger) || !(value >= 0 && value <= mostInteger)) return undefined;
    const timestamp = numberOf(sent.timestamp, 0);
    const { nowS, uploader } = this.#plan.form;
    return {
      use: id === 0 ? this.#useOfCode(owner === 0 ? uploader : owner, code) : this.#useOfId(id),
      value,
      expiration: expiration === defaultExpiration ? unsent : expiration === -1 ? removes : expiration,
      timestamp: timestamp === 0 ? nowS : timestamp > 0 && timestamp <= mostTimestamp ? timestamp : noNumber,
    };
  }

  #useOfId(id: number): number {
    if (id <= 0xffff_ffff) return this.#table.useOfId(id);
    const digits = Buffer.from(String(id));
    return this.#table.useOfLongId(digits, 0, digits.length);
  }

  /** Codes that are not Latin-1 cannot be asked for, as in text files: they are of no segment. */
  #useOfCode(owner: number, code: string): number {
    const isLatin = [...code].every((character) => (character.codePointAt(0) ?? 0) <= 0xff);
    const bytes = Buffer.from(code, isLatin ? 'latin1' : 'utf8');
    return isLatin ? this.#table.useOfCode(owner, bytes, 0, bytes.length) : this.#table.useOfLongId(bytes, 0, bytes.length);
  }
}

/** A whole number; NaN for what is none. */
function numberOf(sent: unknown, missing: number): number {
  const value = unwrapped(sent);
  if (value === undefined || value === null) return missing;
  const number = typeof value === 'bigint' ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : Number.NaN;
}
