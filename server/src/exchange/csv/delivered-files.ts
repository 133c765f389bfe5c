import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type SealedWriter, sealedWriter } from '../files/sealed-writer.ts';
import { csvCell, csvLine } from './csv-line.ts';
import { type Digest, digestOf, hashedIdentifier } from './hash-identifier.ts';
import { deliveredHeader } from './map-row.ts';
import type { SpacedRow } from './row-space.ts';
import type { DeliveredFile, TransformPlan } from './transform-plan.ts';

/** Writes the delivered files of a job, sealed, each with its header, and hashes identifiers where the destination wants it. */
export class DeliveredFiles {
  rows = 0;
  readonly #plan: TransformPlan;
  readonly #header: Buffer;
  readonly #digest: Digest | null;
  readonly #mostFileBytes: number;
  readonly #finished: DeliveredFile[] = [];
  readonly #paths: string[] = [];
  #writer: SealedWriter | null = null;
  #fileRows = 0;

  constructor(plan: TransformPlan) {
    this.#plan = plan;
    this.#header = Buffer.from(csvLine(deliveredHeader(plan)));
    const { type } = plan.destinationIdentifier;
    // What the source hashed is passed on; a legal mapping has the same hash on both sides.
    const isHashed = plan.sourceIdentifiers.some((identifier) => digestOf(plan.sourceHashAlgorithm, identifier.type) !== null);
    this.#digest = isHashed ? null : digestOf(plan.destinationHashAlgorithm, type);
    // An audience that is replaced in two parts would be lost between them.
    this.#mostFileBytes = plan.shareAction === 'REPLACE' ? Number.POSITIVE_INFINITY : plan.mostFileBytes;
  }

  /** Undefined: nothing to wait for; until then the row must stay. */
  add(row: SpacedRow): Promise<void> | undefined {
    const value = row.bytes.toString('utf8', row.keyAt, row.restAt);
    const identifier = this.#digest === null ? csvCell(value) : hashedIdentifier(this.#digest, value);
    this.rows += 1;
    const writer = this.#writer;
    if (writer === null || this.#isFull(writer, identifier, row.end - row.restAt)) return this.#addToNext(identifier, row);
    this.#fileRows += 1;
    return writeRow(writer, identifier, row);
  }

  /** At least one file. All are synced. */
  async finish(): Promise<readonly DeliveredFile[]> {
    await this.#finishFile(this.#writer ?? (await this.#beginFile()));
    return this.#finished;
  }

  /** Removes every file that was begun. */
  async discard(): Promise<void> {
    await this.#writer?.discard();
    for (const path of this.#paths) await rm(path, { force: true });
  }

  #isFull(writer: SealedWriter, identifier: string, restBytes: number): boolean {
    return this.#fileRows > 0 && writer.bytes + Buffer.byteLength(identifier) + restBytes > this.#mostFileBytes;
  }

  async #addToNext(identifier: string, row: SpacedRow): Promise<void> {
    if (this.#writer !== null) await this.#finishFile(this.#writer);
    this.#writer = await this.#beginFile();
    this.#fileRows = 1;
    await writeRow(this.#writer, identifier, row);
  }

  async #beginFile(): Promise<SealedWriter> {
    const path = join(this.#plan.folder, this.#nameOf(this.#paths.length + 1));
    const writer = await sealedWriter(path, this.#plan.key);
    this.#paths.push(path);
    this.#fileRows = 0;
    await writer.write(this.#header);
    return writer;
  }

  async #finishFile(writer: SealedWriter): Promise<void> {
    const { bytes, digest } = await writer.finish({ sync: true });
    this.#writer = null;
    this.#finished.push({ path: writer.path, name: this.#nameOf(this.#paths.length), rows: this.#fileRows, bytes, digest });
  }

  #nameOf(number: number): string {
    return `${this.#plan.name}_${number}.csv`;
  }
}

function writeRow(writer: SealedWriter, identifier: string, { bytes, restAt, end }: SpacedRow): Promise<void> | undefined {
  const waiting = writer.writeText(identifier);
  return waiting === undefined ? writer.writeRange(bytes, restAt, end) : waiting.then(() => writer.writeRange(bytes, restAt, end));
}
