import type * as Sdk from '@aws-sdk/client-s3';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { FileChanged, type DropPlace, type FinishedFile, type SubmittedFile, type SubmittedFolder } from './drop-place.ts';
import { nameFault } from './submitted-file.ts';

const connectionTimeoutMs = 10_000;
/** A store that says nothing for so long has gone away. Copying a large object is silent for a while. */
const socketTimeoutMs = 180_000;

const addressForm = /^s3:\/\/([^/]+)(?:\/(.*))?$/;

/** Is it an address of a bucket, `s3://BUCKET/PREFIX`? */
export const isS3Address = (address: string): boolean => addressForm.test(address);

interface Client {
  readonly sdk: typeof Sdk;
  readonly client: Sdk.S3Client;
}

/**
 * Drop folders in a bucket, on Amazon S3 or a store that is compatible with it. Region and keys are found as the AWS SDK finds them. A version
 * is an ETag. Objects cannot be moved, so they are copied and then deleted, both under the condition that they are what was taken.
 */
export class S3Drop implements DropPlace {
  readonly address: string;
  readonly #bucket: string;
  /** Ends with `/` where there is one. */
  readonly #prefix: string;
  readonly #endpoint: string;
  #client: Promise<Client> | null = null;

  /** @param endpoint empty: Amazon S3. Throws where the address is no `s3://BUCKET/PREFIX` */
  constructor(address: string, endpoint: string) {
    const [, bucket, prefix = ''] = addressForm.exec(address) ?? [];
    if (bucket === undefined) throw new Error(`${address} is not like s3://BUCKET/PREFIX`);
    this.address = address;
    this.#bucket = bucket;
    this.#prefix = prefix.replace(/\/*$/, (_, at: number) => (at === 0 ? '' : '/'));
    this.#endpoint = endpoint;
  }

  async folders(): Promise<readonly string[]> {
    const names: string[] = [];
    for await (const { folders } of this.#pages(this.#prefix)) names.push(...folders);
    return names;
  }

  async submitted(folder: string): Promise<SubmittedFolder> {
    const files: SubmittedFile[] = [];
    const ignored: { name: string; why: string }[] = [];
    for await (const page of this.#pages(this.#key(folder, 'submitted', ''))) {
      for (const name of page.folders) ignored.push({ name, why: 'it is no file' });
      for (const file of page.files) {
        const why = nameFault(file.name);
        if (why !== undefined) ignored.push({ name: file.name, why });
        // An object with the folder's own name makes the folder show in browsers of buckets.
        else if (file.name !== '') files.push(file);
      }
    }
    return { files, ignored };
  }

  async read(folder: string, { name, version }: SubmittedFile): Promise<Readable> {
    const { sdk, client } = await this.#open();
    const key = this.#key(folder, 'submitted', name);
    const got = await client
      .send(new sdk.GetObjectCommand({ Bucket: this.#bucket, Key: key, IfMatch: quoted(version) }))
      .catch((error: unknown) => {
        if (hasGone(error)) throw new FileChanged(`${key} has changed`, { cause: error });
        throw error;
      });
    const body = got.Body as Readable;
    // Some stores do not know the condition.
    if (plain(got.ETag) === version) return body;
    body.destroy();
    throw new FileChanged(`${key} has changed`);
  }

  async finish(folder: string, { name, version, end, newName, copy }: FinishedFile): Promise<void> {
    const from = this.#key(folder, 'submitted', name);
    const target = this.#key(folder, end, newName);
    if ((await this.#versionAt(from)) === version && (await this.#copied(from, target, version))) return this.#remove(from, version);
    // It was moved before, or taken away, or replaced.
    if ((await this.#versionAt(target)) !== undefined || (await this.#versionAt(from)) === undefined) return undefined;
    return this.#put(target, copy);
  }

  close(): void {
    void this.#client?.then(({ client }) => client.destroy());
  }

  #key(folder: string, kind: string, name: string): string {
    return `${this.#prefix}${folder}/${kind}/${name}`;
  }

  /** The SDK is large: who drops files elsewhere does not load it. */
  #open(): Promise<Client> {
    this.#client ??= import('@aws-sdk/client-s3').then((sdk) => ({
      sdk,
      client: new sdk.S3Client({
        ...(this.#endpoint === '' ? {} : { endpoint: this.#endpoint, forcePathStyle: true }),
        // Older stores refuse checksums in trailers.
        requestChecksumCalculation: 'WHEN_REQUIRED',
        requestHandler: { connectionTimeout: connectionTimeoutMs, socketTimeout: socketTimeoutMs },
      }),
    }));
    return this.#client;
  }

  /** What stands directly below a prefix, without it. Names come encoded, because not all that are possible can stand in XML. */
  async *#pages(prefix: string): AsyncGenerator<{ readonly folders: string[]; readonly files: SubmittedFile[] }> {
    const { sdk, client } = await this.#open();
    const asked = { Bucket: this.#bucket, Prefix: prefix, Delimiter: '/', EncodingType: 'url' } as const;
    for (let token: string | undefined; ;) {
      const page = await client.send(
        new sdk.ListObjectsV2Command({ ...asked, ...(token === undefined ? {} : { ContinuationToken: token }) }),
      );
      const name = (key = ''): string => (page.EncodingType === 'url' ? decoded(key) : key).slice(prefix.length);
      yield {
        folders: (page.CommonPrefixes ?? []).map((common) => name(common.Prefix).replace(/\/$/, '')),
        files: (page.Contents ?? []).map(({ Key, Size = 0, LastModified, ETag }) => ({
          name: name(Key),
          bytes: Size,
          modifiedMs: LastModified?.getTime() ?? 0,
          version: plain(ETag),
        })),
      };
      token = page.NextContinuationToken;
      if (page.IsTruncated !== true || token === undefined) return;
    }
  }

  async #versionAt(key: string): Promise<string | undefined> {
    const { sdk, client } = await this.#open();
    try {
      return plain((await client.send(new sdk.HeadObjectCommand({ Bucket: this.#bucket, Key: key }))).ETag);
    } catch (error) {
      if (hasGone(error)) return undefined;
      throw error;
    }
  }

  /** False where it was replaced or taken away in this moment. */
  async #copied(from: string, target: string, version: string): Promise<boolean> {
    const { sdk, client } = await this.#open();
    const source = [this.#bucket, ...from.split('/')].map(encodeURIComponent).join('/');
    try {
      await client.send(
        new sdk.CopyObjectCommand({ Bucket: this.#bucket, Key: target, CopySource: source, CopySourceIfMatch: quoted(version) }),
      );
      return true;
    } catch (error) {
      if (hasGone(error)) return false;
      throw error;
    }
  }

  /** Stores that know no conditional deletion are asked without the condition, right after a last look. */
  async #remove(key: string, version: string): Promise<void> {
    const { sdk, client } = await this.#open();
    if ((await this.#versionAt(key)) !== version) return;
    const order = { Bucket: this.#bucket, Key: key };
    try {
      await client.send(new sdk.DeleteObjectCommand({ ...order, IfMatch: quoted(version) }));
    } catch (error) {
      if (hasGone(error)) return;
      if (statusOf(error) !== 501) throw error;
      await client.send(new sdk.DeleteObjectCommand(order));
    }
  }

  async #put(key: string, file: string): Promise<void> {
    const { sdk, client } = await this.#open();
    const there = await stat(file).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    });
    if (there === undefined) return;
    const order = { Bucket: this.#bucket, Key: key, Body: createReadStream(file), ContentLength: there.size };
    await client.send(new sdk.PutObjectCommand(order));
  }
}

/** Without the quotes, which some stores leave out in lists. */
const plain = (etag = ''): string => etag.replaceAll('"', '');
const quoted = (version: string): string => `"${version}"`;
const decoded = (key: string): string => decodeURIComponent(key.replaceAll('+', ' '));

const statusOf = (error: unknown): number | undefined => (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
/** Not there; or (412, 409) not what it was, or being changed by somebody else. A bucket that is not there is another matter. */
const hasGone = (error: unknown): boolean => [404, 409, 412].includes(statusOf(error) ?? 0) && (error as Error).name !== 'NoSuchBucket';
