import { readSealed } from '../files/read-sealed.ts';
import { type Sealed, type SealedWriter, sealedWriter } from '../files/sealed-writer.ts';
import { csvLine } from './csv-line.ts';

/** Why a row is in the reject file (exchange-sharing.md section 6). */
export type RejectCode =
  | 'MISSING_IDENTIFIER'
  | 'INVALID_IDENTIFIER'
  | 'CELL_COUNT'
  | 'INVALID_VALUE'
  | 'MISSING_VALUE'
  | 'UNKNOWN_IDENTIFIER'
  /** Found by the built-in destination: there is no room for it. */
  | 'LIMIT';

/** Writes a reject file, sealed: `line,code,message,row`. */
export class RejectWriter {
  readonly #writer: SealedWriter;

  private constructor(writer: SealedWriter) {
    this.#writer = writer;
  }

  /** @param earlier a reject file whose rejects stand first; another path than `path` */
  static async open(path: string, key: Uint8Array, earlier: string | null = null): Promise<RejectWriter> {
    const writer = await sealedWriter(path, key);
    try {
      if (earlier === null) await writer.write(Buffer.from(csvLine(['line', 'code', 'message', 'row'])));
      else for await (const piece of readSealed(earlier, key)) await writer.write(piece);
    } catch (error) {
      await writer.discard();
      throw error;
    }
    return new RejectWriter(writer);
  }

  /** @param line where the record starts, as `lineName` writes it; row: the record as received. Undefined: nothing to wait for */
  add(line: string, code: RejectCode, message: string, row: string): Promise<void> | undefined {
    return this.#writer.write(Buffer.from(csvLine([line, code, message, row])));
  }

  /** Synced when it resolves. */
  finish(): Promise<Sealed> {
    return this.#writer.finish({ sync: true });
  }

  discard(): Promise<void> {
    return this.#writer.discard();
  }
}

/** `7`, or `77001_2.csv:7` where the job has several files (exchange-sharing.md section 6). */
export const lineName = (file: string | null, line: number): string => (file === null ? String(line) : `${file}:${line}`);
