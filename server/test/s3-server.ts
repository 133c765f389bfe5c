/**
 * A small store for tests that speaks Amazon's S3 protocol as far as drop folders need it, and as strictly: it checks signatures (version 4)
 * and the hashes of bodies, gives lists in pages with encoded names, and keeps conditions. Everything is held in memory.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listPage, type StoredObject } from './s3-list.ts';
import { signatureFault } from './s3-signature.ts';

/** What stores make of a deletion under a condition; of other conditions too they know nothing where they ignore it. */
export type Conditions = 'kept' | 'ignored' | 'refused';

export interface S3Options {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly bucket: string;
  /** Default: kept, as on Amazon S3. */
  readonly conditions?: Conditions;
}

/** An answer that is an error. */
class S3Error extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

export class S3Server {
  readonly objects = new Map<string, StoredObject>();
  /** Told of each request before it is answered: `GET key`, `PUT key`, `COPY key`, `LIST prefix`. */
  onRequest: (what: string) => void = () => {};
  readonly #options: S3Options;
  readonly #server: Server;

  private constructor(options: S3Options) {
    this.#options = options;
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async start(options: S3Options): Promise<S3Server> {
    const started = new S3Server(options);
    await new Promise<void>((resolve) => started.#server.listen(0, '127.0.0.1', resolve));
    return started;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  put(key: string, content: string | Uint8Array, modifiedMs: number): StoredObject {
    const body = Buffer.from(content);
    const stored = { body, etag: `"${createHash('md5').update(body).digest('hex')}"`, modifiedMs };
    this.objects.set(key, stored);
    return stored;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const pieces: Uint8Array[] = [];
      for await (const piece of request) pieces.push(piece as Uint8Array);
      this.#answer(request, Buffer.concat(pieces), response);
    } catch (error) {
      if (!(error instanceof S3Error)) throw error;
      const body = request.method === 'HEAD' ? '' : `<?xml version="1.0"?><Error><Code>${error.code}</Code><Message>no</Message></Error>`;
      response.writeHead(error.status, { 'content-type': 'application/xml' }).end(body);
    }
  }

  #answer(request: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const { bucket } = this.#options;
    const refused = signatureFault(request, body, this.#options);
    if (refused !== undefined) throw new S3Error(403, refused);
    const url = new URL(request.url ?? '/', this.url);
    const [, named, ...rest] = url.pathname.split('/').map(decodeURIComponent);
    if (named !== bucket) throw new S3Error(404, 'NoSuchBucket');
    const key = rest.join('/');
    const source = request.headers['x-amz-copy-source'];
    const verb = key === '' ? 'LIST' : source === undefined ? (request.method ?? '') : 'COPY';
    this.onRequest(`${verb} ${key === '' ? url.searchParams.get('prefix') : key}`);
    if (verb === 'LIST') response.setHeader('content-type', 'application/xml').end(listPage(bucket, this.objects, url.searchParams));
    else if (verb === 'COPY') this.#copy(decodeURIComponent(String(source)), key, request, response);
    else if (verb === 'PUT') response.setHeader('etag', this.put(key, body, Date.now()).etag).end();
    else if (verb === 'DELETE') this.#delete(key, request, response);
    else this.#get(key, request, response);
  }

  #get(key: string, request: IncomingMessage, response: ServerResponse): void {
    const found = this.#found(key, request.headers['if-match']);
    response.setHeader('etag', found.etag).setHeader('last-modified', new Date(found.modifiedMs).toUTCString());
    response.setHeader('content-length', found.body.length).end(request.method === 'HEAD' ? undefined : found.body);
  }

  #copy(source: string, key: string, request: IncomingMessage, response: ServerResponse): void {
    const from = source.replace(/^\//, '').slice(this.#options.bucket.length + 1);
    const found = this.#found(from, request.headers['x-amz-copy-source-if-match']);
    const { etag, modifiedMs } = this.put(key, found.body, Date.now());
    const result = `<CopyObjectResult><LastModified>${new Date(modifiedMs).toISOString()}</LastModified><ETag>${etag}</ETag></CopyObjectResult>`;
    response.setHeader('content-type', 'application/xml').end(`<?xml version="1.0"?>${result}`);
  }

  #delete(key: string, request: IncomingMessage, response: ServerResponse): void {
    const condition = request.headers['if-match'];
    if (condition !== undefined && this.#options.conditions === 'refused') throw new S3Error(501, 'NotImplemented');
    if (condition !== undefined) this.#found(key, condition);
    this.objects.delete(key);
    response.writeHead(204).end();
  }

  #found(key: string, condition: string | string[] | undefined): StoredObject {
    const found = this.objects.get(key);
    if (found === undefined) throw new S3Error(404, 'NoSuchKey');
    if (condition !== undefined && this.#options.conditions !== 'ignored' && condition !== found.etag)
      throw new S3Error(412, 'PreconditionFailed');
    return found;
  }
}
