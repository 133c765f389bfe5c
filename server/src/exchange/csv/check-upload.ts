import { type GzipFault, gunzipped, limitedTo } from '../../kit/gunzipped.ts';
import { type SealedWriter, sealedWriter } from '../files/sealed-writer.ts';
import { CsvFault, overLimit } from './csv-fault.ts';
import { type ExpectedColumn, readHeader } from './csv-header.ts';
import type { CsvLimits } from './csv-limits.ts';
import { RecordReader } from './record-reader.ts';
import { Utf8Check } from './utf8-check.ts';

/** What is to become of a file that comes in. */
export interface UploadOrder {
  /** Where its text is sealed. */
  readonly path: string;
  readonly key: Uint8Array;
  readonly gzipped: boolean;
  /** The columns that the audience declares. */
  readonly columns: readonly ExpectedColumn[];
  readonly limits: CsvLimits;
}

/** A file that was taken. */
export interface CheckedUpload {
  /** Data rows: all records but the header. */
  readonly rows: number;
  /** Bytes of the text as it was received, without its packing. */
  readonly bytes: number;
  /** SHA-256 of the same bytes, in hex. */
  readonly digest: string;
}

/**
 * Takes a file while it comes in: unpacks it, holds it to the limits and to the rules for whole files (exchange.md sections 2.7 and 3
 * rules 1 to 3), and seals its text on disk, synced. Single rows are not judged here. Memory does not grow with the file.
 * @throws CsvFault, and whatever the source throws; then nothing of the file is left
 */
export async function checkUpload(source: AsyncIterable<Uint8Array>, order: UploadOrder): Promise<CheckedUpload> {
  const writer = await sealedWriter(order.path, order.key);
  try {
    const rows = await checkText(source, order, writer);
    const { bytes, digest } = await writer.finish({ sync: true });
    return { rows, bytes, digest };
  } catch (error) {
    await writer.discard();
    throw error;
  }
}

async function checkText(source: AsyncIterable<Uint8Array>, order: UploadOrder, writer: SealedWriter): Promise<number> {
  const { limits } = order;
  const reader = new RecordReader(limits);
  const utf8 = new Utf8Check();
  // The header is the first record.
  let records = 0;
  const takeRecords = (): void => {
    while (reader.next()) {
      if (records === 0) readHeader(reader.texts(), order.columns);
      else if (records > limits.rows) throw overLimit(`The rows of the job's files are more than it may have; ${limits.rows} were left.`);
      records += 1;
    }
  };
  const wire = limitedTo(limits.wireBytes, source, () => overLimit(`The file has more than ${limits.wireBytes} bytes.`));
  for await (const piece of order.gzipped ? gunzipped(wire, unpackedPieceBytes, gzipFault) : wire) {
    if (writer.bytes + piece.length > limits.textBytes) throw overLimit(`The file has more than ${limits.textBytes} bytes of text.`);
    utf8.push(piece);
    reader.push(piece);
    takeRecords();
    await writer.write(piece);
  }
  utf8.end();
  reader.end();
  takeRecords();
  if (records === 0) throw new CsvFault('INVALID_CSV', 'The file has no header.', [{ field: 'line 1', message: 'has no header' }]);
  return records - 1;
}

const unpackedPieceBytes = 65_536;

const gzipFault = (text: GzipFault): CsvFault =>
  new CsvFault('INVALID_CSV', `The gzip file is ${text}.`, [{ field: 'body', message: `the gzip file is ${text}` }]);
