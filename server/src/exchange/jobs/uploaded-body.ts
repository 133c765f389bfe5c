import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { Busboy, type BusboyInstance } from '@fastify/busboy';
import type { RequestFacts } from '../../http/caller.ts';
import { sentContentType } from '../../http/streamed-body.ts';
import { refusal } from '../../kit/refusal.ts';
import { exchangeErrors } from '../exchange-errors.ts';

/** What an upload brings: CSV as the body itself, or as the part `data` of a form (exchange.md section 2.7). */
export interface UploadedBody {
  readonly csv: AsyncIterable<Uint8Array>;
  readonly gzipped: boolean;
  /** To be called when the CSV has been read whole. @throws Refusal exchange.invalid: it is not what Content-Digest says */
  readonly checkDigest: () => void;
}

/** A sender that is silent for so long is gone (exchange.md section 2.7). */
const longestSilenceMs = 30 * 60_000;
const mostMetadataBytes = 1024 * 1024;

/** @throws Refusal exchange.unsupportedMedia, exchange.invalid */
export function uploadedBody(stream: Readable, headers: RequestFacts['headers']): UploadedBody {
  const type = sentContentType(stream);
  const encoding = String(headers['content-encoding'] ?? 'identity')
    .trim()
    .toLowerCase();
  if (encoding !== 'identity' && encoding !== 'gzip' && encoding !== 'x-gzip')
    throw refusal(exchangeErrors.unsupportedMedia, { fault: 'The Content-Encoding must be gzip, or absent' });
  const isForm = /^multipart\/form-data\s*;/i.test(type);
  if (!isForm && !/^text\/csv\s*(;|$)/i.test(type))
    throw refusal(exchangeErrors.unsupportedMedia, { fault: 'The Content-Type must be text/csv; charset=utf-8, or multipart/form-data' });
  const charset = /;\s*charset\s*=\s*"?([\w-]+)/i.exec(type)?.[1]?.toLowerCase() ?? 'utf-8';
  if (!isForm && charset !== 'utf-8' && charset !== 'utf8' && charset !== 'us-ascii')
    throw refusal(exchangeErrors.unsupportedMedia, { fault: `The charset must be utf-8, not ${charset}` });
  const { pieces, checkDigest } = digested(watched(stream), headers['content-digest']);
  if (!isForm) return { csv: pieces, gzipped: encoding !== 'identity', checkDigest };
  if (encoding !== 'identity') throw refusal(exchangeErrors.unsupportedMedia, { fault: 'A form is sent without Content-Encoding' });
  return { csv: dataOfForm(pieces, { ...headers, 'content-type': type }), gzipped: false, checkDigest };
}

/** What is refused must not take the connection along: the sender is to read why. */
async function* watched(stream: Readable): AsyncGenerator<Uint8Array> {
  const silence = setTimeout(() => stream.destroy(new Error('the sender was silent for too long')), longestSilenceMs);
  silence.unref();
  try {
    for await (const piece of stream.iterator({ destroyOnReturn: false })) {
      silence.refresh();
      yield piece as Uint8Array;
    }
  } finally {
    clearTimeout(silence);
  }
}

function digested(
  pieces: AsyncIterable<Uint8Array>,
  header: string | string[] | undefined,
): { readonly pieces: AsyncIterable<Uint8Array>; readonly checkDigest: () => void } {
  const wanted = typeof header === 'string' ? /(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):/.exec(header)?.[1] : undefined;
  if (wanted === undefined) {
    // A digest of another kind is nobody's business here; one that was meant to be checked must be one.
    if (typeof header === 'string' && /(?:^|,)\s*sha-256\s*=/.test(header))
      throw refusal(exchangeErrors.invalid, { fault: 'The sha-256 of Content-Digest must be :BASE64: of 32 bytes' });
    return { pieces, checkDigest: () => {} };
  }
  const hash = createHash('sha256');
  const hashed = async function* (): AsyncGenerator<Uint8Array> {
    for await (const piece of pieces) {
      hash.update(piece);
      yield piece;
    }
  };
  return {
    pieces: hashed(),
    checkDigest: () => {
      if (hash.digest('base64') === wanted) return;
      throw refusal(exchangeErrors.invalid, { fault: 'The body is not the one that Content-Digest was made of; send it again' });
    },
  };
}

/**
 * The part `data` of a form, as it comes in; `metadata` (JSON) is read over, others are refused, also behind the data. It ends when the whole
 * form has been read.
 */
async function* dataOfForm(pieces: AsyncIterable<Uint8Array>, headers: RequestFacts['headers']): AsyncGenerator<Uint8Array> {
  const form = new Busboy({
    headers: headers as IncomingHttpHeaders & { 'content-type': string },
    isPartAFile: (name) => name === 'data',
    limits: { fieldSize: mostMetadataBytes, fields: 10, files: 1, parts: 12, headerPairs: 100 },
  });
  const parts = new FormParts(form);
  const done = new AbortController();
  feed(pieces, form, done.signal).catch((error: unknown) => parts.fail(error));
  try {
    yield* parts.data();
  } finally {
    done.abort();
  }
}

/** What a form turns out to hold. The first fault ends it. */
class FormParts {
  readonly #found = Promise.withResolvers<Readable | null>();
  readonly #whole = Promise.withResolvers<void>();
  #data: Readable | undefined;
  #failed = false;

  constructor(form: BusboyInstance) {
    // Whoever reads `data` awaits them, if it comes so far.
    for (const { promise } of [this.#found, this.#whole]) promise.catch(() => {});
    form.on('file', (_name, data) => {
      this.#data = data;
      data.on('error', (error) => this.fail(unreadable(error)));
      this.#found.resolve(data);
    });
    form.on('field', (name, value) => {
      if (name !== 'metadata') this.fail(formFault(`has an unknown part ${name.slice(0, 40)}`));
      else if (!isJson(value)) this.fail(formFault('has metadata that are not JSON'));
    });
    form.on('filesLimit', () => this.fail(formFault('has more than one part data')));
    for (const limit of ['fieldsLimit', 'partsLimit'] as const) form.on(limit, () => this.fail(formFault('has too many parts')));
    form.on('error', (error) => this.fail(unreadable(error)));
    form.on('finish', () => {
      this.#found.resolve(null);
      this.#whole.resolve();
    });
  }

  fail(fault: unknown): void {
    this.#failed = true;
    this.#found.reject(fault);
    this.#whole.reject(fault);
    this.#data?.destroy();
  }

  async *data(): AsyncGenerator<Uint8Array> {
    const data = await this.#found.promise;
    if (data === null) throw formFault('has no part data');
    try {
      for await (const piece of data) yield piece as Uint8Array;
    } catch (error) {
      // The fault says more than what it did to the stream.
      if (this.#failed) await this.#whole.promise;
      throw error;
    }
    await this.#whole.promise;
  }
}

/** Ends early when nobody reads the form any more. */
async function feed(pieces: AsyncIterable<Uint8Array>, form: BusboyInstance, done: AbortSignal): Promise<void> {
  for await (const piece of pieces) {
    if (done.aborted) return;
    if (!form.write(piece)) await once(form, 'drain', { signal: done });
  }
  form.end();
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const formFault = (fault: string) => refusal(exchangeErrors.invalid, { fault: `The form ${fault}` });
const unreadable = (cause: unknown) => refusal(exchangeErrors.invalid, { fault: 'The form cannot be read' }, { cause });
