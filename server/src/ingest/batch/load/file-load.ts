import { existsSync, readFileSync } from 'node:fs';
import type { Transferable } from 'node:worker_threads';
import { avroStretches } from '../avro/avro-stretches.ts';
import { TooManySegmentNames } from '../parse/code-names.ts';
import { LineParser } from '../parse/line-parser.ts';
import { buffersOf, ParsedChunk } from '../parse/parsed-chunk.ts';
import { type ResolvedSegment, type SegmentName, SegmentTable } from '../parse/segment-table.ts';
import { FileGrowth, growingFile } from '../scan/growing-file.ts';
import { unpackedText, UnreadableFile } from '../scan/unpacked-text.ts';
import { BeforeFile } from '../undo/before-file.ts';
import { JobReport } from './job-report.ts';
import type { FromLoad, LoadOrder, ToLoad } from './load-link.ts';
import { RejectsFile } from './rejects-file.ts';
import { SegmentJournal } from './segment-journal.ts';
import type { Stretch } from './stretch.ts';
import { textStretches } from './text-stretches.ts';

/**
 * Chunks that are under way at once: one with the engine, one that waits for it, one that is counted or parsed. Small calls of others wait
 * behind what lies with the engine, so more would be felt.
 */
const mostUnderWay = 3;
const progressIntervalMs = 500;

type Send = (message: FromLoad, transfer?: readonly Transferable[]) => void;
type Written = Extract<ToLoad, { readonly kind: 'written' }>;

/**
 * Loads one file: reads it, turns its lines into chunks, hands these out to be written, and counts what became of them. Begun anew after a
 * crash it makes the same chunks; those that the engine has already are told as they were then.
 */
export class FileLoad {
  readonly #order: LoadOrder;
  readonly #send: Send;
  readonly #table = new SegmentTable();
  readonly #parser: LineParser;
  readonly #journal: SegmentJournal;
  readonly #rejects: RejectsFile;
  readonly #before: BeforeFile | null;
  readonly #report: JobReport;
  readonly #underWay = new Map<number, { readonly stretch: Stretch; readonly chunk: ParsedChunk }>();
  readonly #free: ParsedChunk[] = [];
  #sequence = 0;
  #written = 0;
  #readBytes = 0;
  #forget = false;
  #stopped = false;
  #told = 0;
  #wake: (() => void) | null = null;
  #resolved: ((resolved: readonly ResolvedSegment[]) => void) | null = null;

  constructor(order: LoadOrder, send: Send) {
    this.#order = order;
    this.#send = send;
    this.#parser = new LineParser(order.plan.form, this.#table);
    this.#journal = new SegmentJournal(order.segments, order.sync);
    this.#rejects = new RejectsFile(order.rejects);
    this.#before = order.plan.undo ? new BeforeFile(order.before, order.sync) : null;
    this.#report = new JobReport(order.plan.errorLogLines, (line) => this.#rejects.add(line));
  }

  async run(): Promise<void> {
    const ended = await this.#loadAll();
    this.#rejects.close();
    this.#journal.close();
    this.#report.undoBytes = this.#before?.close() ?? 0;
    const report = this.#report.snapshot();
    if (typeof ended === 'string') this.#send({ kind: 'fault', report, text: ended });
    else if (this.#isTooInvalid()) this.#send({ kind: 'done', report, tooManyInvalid: true });
    else this.#send(this.#stopped ? { kind: 'stopped', report } : { kind: 'done', report, tooManyInvalid: false });
  }

  take(message: ToLoad): void {
    if (message.kind === 'written') this.#takeWritten(message);
    else if (message.kind === 'resolved') this.#resolved?.(message.resolved);
    else if (message.kind === 'forget') this.#forget = true;
    else if (message.kind === 'stop') {
      this.#stopped = true;
      this.#wake?.();
    }
  }

  /** Answers why the file cannot be loaded, if it cannot. */
  async #loadAll(): Promise<string | null> {
    let fault: string | null = null;
    try {
      for await (const stretch of this.#stretches()) {
        if (this.#stopped || this.#isTooInvalid()) break;
        const chunk = await this.#parsed(stretch);
        if (chunk.lines > 0) await this.#handOut(stretch, chunk);
        else this.#free.push(chunk);
      }
    } catch (error) {
      if (!(error instanceof UnreadableFile) && !(error instanceof TooManySegmentNames)) throw error;
      fault = error.message;
    }
    await this.#until(() => this.#underWay.size === 0);
    return fault;
  }

  async *#stretches(): AsyncGenerator<Stretch> {
    const { upload, repeats, textLimitBytes, plan } = this.#order;
    const file = growingFile(upload, FileGrowth.whole(), (bytes) => {
      this.#readBytes = bytes;
    });
    const { format, pieces } = await unpackedText(file, textLimitBytes);
    const repeated = existsSync(repeats) ? readFileSync(repeats) : null;
    if (format === 'avro') yield* avroStretches(pieces, plan, this.#table, repeated);
    else yield* textStretches(pieces, this.#parser, repeated);
  }

  async #parsed(stretch: Stretch): Promise<ParsedChunk> {
    const sequence = this.#sequence + 1;
    const chunk = this.#free.pop() ?? new ParsedChunk();
    chunk.clear();
    this.#recall(sequence);
    if (this.#forget) {
      this.#forget = false;
      this.#journal.write({ sequence, forgotten: true });
      this.#table.forget();
    }
    while (!stretch.fillChunk(chunk)) {
      const resolved = await this.#ask(stretch.unresolved());
      this.#journal.write({ sequence, resolved });
      this.#table.take(resolved);
    }
    return chunk;
  }

  /** What was known of segments when this chunk was made the first time. */
  #recall(sequence: number): void {
    for (let entry = this.#journal.recall(sequence); entry !== undefined; entry = this.#journal.recall(sequence)) {
      if ('forgotten' in entry) this.#table.forget();
      else this.#table.take(entry.resolved);
    }
  }

  #ask(names: readonly SegmentName[]): Promise<readonly ResolvedSegment[]> {
    return new Promise((resolve) => {
      this.#resolved = resolve;
      this.#send({ kind: 'resolve', names });
    });
  }

  async #handOut(stretch: Stretch, chunk: ParsedChunk): Promise<void> {
    await this.#until(() => this.#underWay.size < mostUnderWay);
    const sequence = ++this.#sequence;
    this.#underWay.set(sequence, { stretch, chunk });
    const columns = { ...chunk };
    this.#send({ kind: 'chunk', sequence, columns, beforeUpTo: this.#before?.syncedUpTo ?? 0 }, buffersOf(columns));
  }

  #takeWritten({ sequence, columns, written }: Written): void {
    const { stretch, chunk } = this.#underWay.get(sequence) ?? {};
    if (stretch === undefined || chunk === undefined || sequence !== this.#written + 1)
      throw new Error(`chunk ${sequence} was told out of order`);
    this.#written = sequence;
    this.#underWay.delete(sequence);
    this.#report.nameUses(this.#table.segments, this.#table.count);
    this.#report.add({ columns, written, bytes: stretch.bytes, firstLine: stretch.firstLine });
    this.#before?.add(sequence, columns, written.before);
    stretch.release();
    this.#free.push(chunk.takeBack(columns));
    this.#tellProgress();
    this.#wake?.();
  }

  #tellProgress(): void {
    const nowMs = performance.now();
    if (nowMs - this.#told < progressIntervalMs) return;
    this.#told = nowMs;
    const percent = this.#order.bytes === 0 ? 0 : Math.min(99, Math.floor((this.#readBytes / this.#order.bytes) * 100));
    this.#report.undoBytes = this.#before?.bytes ?? 0;
    this.#send({ kind: 'progress', percent, report: this.#report.snapshot() });
  }

  #isTooInvalid(): boolean {
    return this.#report.invalidLines > this.#order.plan.mostInvalid;
  }

  async #until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = null;
    }
  }
}
