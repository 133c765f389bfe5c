import { isFields } from './answers.ts';
import { errorOf } from './foyer-error.ts';
import { NoAnswerError } from './no-answer-error.ts';

/** What can be sent. A Blob is read piece by piece too: `openAsBlob(path)` of Node is a file that is never held in memory whole. */
export type UploadedFile = Blob | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array<ArrayBuffer>>;

export interface UploadOptions {
  /** Gives the upload up: the abort's reason is thrown. The job then ends as `uploading-error`. */
  readonly signal?: AbortSignal;
  /** Milliseconds until the upload is given up. Default: 95 minutes; the server takes no file for longer than 90. */
  readonly timeoutMs?: number;
  /** Told how many bytes have gone out. It needs uploads from a stream, which browsers have over HTTP/2 alone. */
  readonly onSent?: (bytes: number) => void;
}

const defaultTimeoutMs = 95 * 60_000;

/**
 * Sends a file to the upload URL of a batch job, once: the URL is the permission, so no token goes with it, and it is good for one
 * upload. Answers the job's `job_id`. Throws FoyerError where it is refused (`errorCode` is RATE_LIMIT_EXCEEDED and the like),
 * NoAnswerError where the connection broke, and what reading the file threw.
 */
export async function uploadFile(uploadUrl: string, file: UploadedFile, options: UploadOptions = {}): Promise<string> {
  const timeout = AbortSignal.timeout(options.timeoutMs ?? defaultTimeoutMs);
  const signal = options.signal === undefined ? timeout : AbortSignal.any([timeout, options.signal]);
  const source = new CountedFile(file, options.onSent);
  const headers: Record<string, string> = { 'content-type': 'application/octet-stream', ...source.headers };
  const init: RequestInit & { duplex: 'half' } = { method: 'POST', headers, body: source.body, signal, redirect: 'manual', duplex: 'half' };
  try {
    const answer = await fetch(uploadUrl, init);
    return readAnswer(answer, await answer.text());
  } catch (error) {
    if (source.fault !== undefined) throw source.fault;
    if (options.signal?.aborted === true) throw options.signal.reason;
    const { origin } = new URL(uploadUrl);
    if (signal.aborted) throw new NoAnswerError(origin, signal.reason);
    throw error instanceof TypeError ? new NoAnswerError(origin, error) : error;
  }
}

function readAnswer(answer: Response, text: string): string {
  const envelope = parsedFields(text)?.['response'];
  const body = isFields(envelope) ? envelope : undefined;
  const upload = body?.['segment_upload'];
  const jobId = isFields(upload) ? upload['job_id'] : undefined;
  if (!answer.ok || typeof jobId !== 'string') throw errorOf(answer.status, answer.headers, body);
  return jobId;
}

function parsedFields(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return isFields(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** The body, counted on its way where somebody wants to know. */
class CountedFile {
  readonly body: UploadedFile;
  /** The file's length where a stream does not tell it; browsers leave it out. */
  readonly headers: Readonly<Record<string, string>>;
  /** Why the file could not be read. */
  fault: unknown;

  constructor(file: UploadedFile, onSent: ((bytes: number) => void) | undefined) {
    const stream = file instanceof Blob && onSent !== undefined ? file.stream() : file;
    this.body = stream instanceof ReadableStream ? this.#counted(stream, onSent) : stream;
    this.headers = file instanceof Blob && stream !== file ? { 'content-length': String(file.size) } : {};
  }

  #counted(file: ReadableStream<Uint8Array<ArrayBuffer>>, onSent: ((bytes: number) => void) | undefined): UploadedFile {
    const reader = file.getReader();
    let sent = 0;
    const pull = async (to: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>): Promise<void> => {
      const { done, value } = await this.#read(reader);
      if (done) {
        to.close();
        return;
      }
      to.enqueue(value);
      sent += value.length;
      onSent?.(sent);
    };
    return new ReadableStream({ pull, cancel: (reason) => reader.cancel(reason) }, { highWaterMark: 0 });
  }

  async #read(reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>) {
    try {
      return await reader.read();
    } catch (error) {
      this.fault = error;
      throw error;
    }
  }
}
