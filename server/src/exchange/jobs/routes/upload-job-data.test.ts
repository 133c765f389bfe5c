import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ExchangeClient, field, pullDestination, pushSource } from '../../../../test/exchange-client.ts';
import { codeOf, JobWorld } from '../../../../test/exchange-jobs.ts';
import { type PlatformServer, startPlatform } from '../../../../test/platform-server.ts';

const good = 'email,tier\nana@example.com,gold\nraj@example.com,\n';
const delivered = 'email,level\r\nana@example.com,gold\r\nraj@example.com,\r\n';

let platform: PlatformServer;
let world: JobWorld;
beforeAll(async () => {
  platform = await startPlatform();
  world = await JobWorld.of(platform);
});
afterAll(() => platform.stop());

const digestOf = (body: string) => `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;
const sorted = (text: string) => text.split('\r\n').toSorted();
/** Names of the files that a job has on disk. */
const onDisk = (job: number): string[] => {
  const folder = join(platform.path, 'files', 'exchange', String(job));
  return existsSync(folder) ? readdirSync(folder).toSorted() : [];
};
/** A job that takes files and has none yet. */
const nothingKept = async (job: number) => {
  expect(await world.job(job)).toMatchObject({ status: 'WAITING_TO_RECIEVE_DATA', rowsReceived: 0 });
  expect(onDisk(job)).toEqual([]);
};

/** A form of text parts: [name, text, file name]. */
function form(...parts: readonly (readonly [string, string, string?])[]): {
  readonly body: string;
  readonly headers: Record<string, string>;
} {
  const body = parts
    .map(([name, text, file]) => {
      const place = `Content-Disposition: form-data; name="${name}"${file === undefined ? '' : `; filename="${file}"\r\nContent-Type: text/csv`}`;
      return `--b0\r\n${place}\r\n\r\n${text}\r\n`;
    })
    .join('');
  return { body: `${body}--b0--\r\n`, headers: { 'content-type': 'multipart/form-data; boundary=b0' } };
}

describe('202', () => {
  it('takes the data whole, and the job goes on', async () => {
    const job = await world.waiting();
    const answer = await world.upload(job, good, { 'content-digest': digestOf(good) });
    expect([answer.status, answer.json]).toEqual([
      202,
      { jobId: job, file: `${job}_1.csv`, rows: 2, bytes: good.length, status: 'RECEIVING_DATA' },
    ]);
    await world.reaches(job, 'READY_FOR_DOWNLOAD');
    expect(sorted((await world.file(job)).text)).toEqual(sorted(delivered));
  });

  it('gzip; rows and bytes are those of the text', async () => {
    const job = await world.waiting();
    const answer = await world.upload(job, gzipSync(good), { 'content-encoding': 'gzip' });
    expect([answer.status, answer.json]).toMatchObject([202, { rows: 2, bytes: good.length }]);
    await world.reaches(job, 'READY_FOR_DOWNLOAD');
    expect(sorted((await world.file(job)).text)).toEqual(sorted(delivered));
  });

  it.each([
    ['data alone, as a file', form(['data', good, 'x.csv'])],
    ['data alone, as a field', form(['data', good])],
    ['metadata first', form(['metadata', '{"endpointID":1}'], ['data', good, 'x.csv'])],
    ['metadata last', form(['data', good, 'x.csv'], ['metadata', '{"endpointID":1}'])],
  ])('a form: %s', async (_, { body, headers }) => {
    const job = await world.waiting();
    const answer = await world.upload(job, body, headers);
    expect([answer.status, answer.json]).toMatchObject([202, { rows: 2, bytes: good.length }]);
    await world.reaches(job, 'READY_FOR_DOWNLOAD');
  });

  it('final=false: the job waits on until its last file; each row counts once', async () => {
    const job = await world.waiting();
    expect((await world.upload(job, 'email\na@example.com\n', { query: '?final=false' })).json).toMatchObject({ file: `${job}_1.csv` });
    expect(await world.job(job)).toMatchObject({ status: 'RECEIVING_DATA', rowsReceived: 1 });
    expect((await world.upload(job, 'email\nb@example.com\nc@example.com\n')).json).toMatchObject({ file: `${job}_2.csv` });
    expect(await world.reaches(job, 'READY_FOR_DOWNLOAD')).toMatchObject({ rowsReceived: 3 });
    const read = (await world.call(`GET /v1/jobs/SEGMENT_EXPORT/${job}`)).json;
    expect(read).toMatchObject({ segmentDataFiles: [`${job}_1.csv`], segmentDataFormat: 'CSV' });
  });

  it('the same file twice is one file, also where it comes twice at once', async () => {
    const job = await world.waiting();
    const more = { query: '?final=false' };
    const answers = await Promise.all([1, 2, 3].map(() => world.upload(job, good, more)));
    expect(answers.map(({ status, json }) => [status, json])).toEqual(
      answers.map(() => [202, { jobId: job, file: `${job}_1.csv`, rows: 2, bytes: good.length, status: 'RECEIVING_DATA' }]),
    );
    expect(await world.job(job)).toMatchObject({ rowsReceived: 2 });
    expect(onDisk(job)).toEqual(['in_1']);
    // Once more as the last one: it closes the job.
    await world.upload(job, good);
    expect(await world.reaches(job, 'READY_FOR_DOWNLOAD')).toMatchObject({ rowsReceived: 2 });
  });

  it('different files at once get numbers of their own', async () => {
    const job = await world.waiting();
    const texts = ['a', 'b', 'c', 'd'].map((name) => `email\n${name}@example.com\n`);
    const answers = await Promise.all(texts.map((text) => world.upload(job, text, { query: '?final=false' })));
    expect(answers.map(({ json }) => (json as { file: string }).file).toSorted()).toEqual([1, 2, 3, 4].map((n) => `${job}_${n}.csv`));
    await world.upload(job, texts[0] ?? '');
    expect(await world.reaches(job, 'READY_FOR_DOWNLOAD')).toMatchObject({ rowsReceived: 4 });
  });

  it('the last file again, after its answer was lost, is answered as the first time', async () => {
    const job = await world.uploaded(good);
    expect([(await world.upload(job, good)).status, (await world.upload(job, good)).json]).toMatchObject([
      202,
      { file: `${job}_1.csv`, rows: 2, bytes: good.length },
    ]);
    expect(await world.job(job)).toMatchObject({ rowsReceived: 2 });
  });
});

describe('400', () => {
  it.each([
    ['no header', ''],
    ['an undeclared column', 'email,age\na@example.com,3\n'],
    ['without a declared identifier', 'tier\ngold\n'],
    ['a column twice', 'email,EMAIL\na@example.com,b@example.com\n'],
    ['a quote that is not closed', 'email\n"a@example.com\n'],
    ['bytes that are not UTF-8', Buffer.from([0x65, 0x6d, 0x61, 0x69, 0x6c, 0x0a, 0xff, 0x0a])],
    ['a cell of more than 32 KiB', `email\n${'a'.repeat(33 * 1024)}\n`],
  ])('INVALID_CSV keeps nothing, and the job waits on: %s', async (_, body) => {
    const job = await world.waiting();
    expect((await world.upload(job, body)).status).toBeGreaterThanOrEqual(400);
    await nothingKept(job);
    expect((await world.upload(job, good)).status).toBe(202);
  });

  it('INVALID_CSV says what is wrong', async () => {
    const job = await world.waiting();
    const refused = await world.upload(job, 'email,age\na@example.com,3\n');
    expect(codeOf(refused)).toEqual([400, 'INVALID_CSV']);
    expect((refused.json as { message: string }).message).toContain('age');
  });

  it('INVALID_CSV: gzip that is none, and gzip that ends too early', async () => {
    const job = await world.waiting();
    const packed = gzipSync(good);
    for (const body of [Buffer.from(good), packed.subarray(0, packed.length - 9)])
      expect(codeOf(await world.upload(job, body, { 'content-encoding': 'gzip' }))).toEqual([400, 'INVALID_CSV']);
    await nothingKept(job);
  });

  it('INVALID_REQUEST: the body is not the one of Content-Digest', async () => {
    const job = await world.waiting();
    expect(codeOf(await world.upload(job, good, { 'content-digest': digestOf(`${good}x`) }))).toEqual([400, 'INVALID_REQUEST']);
    await nothingKept(job);
  });

  it.each([
    ['an unknown part', form(['rows', good], ['data', good, 'x.csv'])],
    ['metadata that are not JSON', form(['metadata', '{'], ['data', good, 'x.csv'])],
    ['no part data', form(['metadata', '{}'])],
    ['two parts data', form(['data', good, 'x.csv'], ['data', good, 'y.csv'])],
    ['no end', { ...form(['data', good, 'x.csv']), body: form(['data', good, 'x.csv']).body.replace('--b0--\r\n', '') }],
    ['an unknown part after data', form(['data', good, 'x.csv'], ['rows', good])],
    ['metadata that are not JSON after data', form(['data', good, 'x.csv'], ['metadata', '{'])],
  ])('INVALID_REQUEST: a form with %s', async (_, { body, headers }) => {
    const job = await world.waiting();
    expect(codeOf(await world.upload(job, body, headers))).toEqual([400, 'INVALID_REQUEST']);
    await nothingKept(job);
  });

  it('INVALID_REQUEST: final is true or false', async () => {
    const job = await world.waiting();
    expect(codeOf(await world.upload(job, good, { query: '?final=maybe' }))).toEqual([400, 'INVALID_REQUEST']);
    await nothingKept(job);
  });
});

describe('a refusal comes through', () => {
  it.each(['text/csv', 'multipart/form-data; boundary=b0'])('while megabytes are still being sent: %s', async (type) => {
    const job = await world.waiting();
    const rows = `email,age\n${'a@example.com,3\n'.repeat(1_000_000)}`;
    const body = type === 'text/csv' ? rows : form(['data', rows, 'x.csv']).body;
    expect(codeOf(await world.upload(job, body, { 'content-type': type }))).toEqual([400, 'INVALID_CSV']);
    await nothingKept(job);
  });
});

describe('403 and 404', () => {
  it('only the producer of a job uploads', async () => {
    const client = new ExchangeClient(platform);
    const [producer, consumer, third] = [
      await client.ready(pushSource),
      await client.ready(pullDestination),
      await client.ready(pushSource),
    ];
    const segments = [{ id: 's', name: 'S', segment_attributes: [{ name: 'email', type: 'email' }] }];
    await client.withKey(producer.key, `POST /v1/endpoint/${producer.id}/segments`, segments);
    const job = await world.waiting({
      source: { endpointId: producer.id, segmentId: 's' },
      destination: { endpointId: consumer.id, segmentId: 'x' },
      shareAction: 'REMOVE',
    });
    const upload = (key: string) => client.csv(`Bearer ${key}`, `POST /v1/jobs/${job}/data`, 'email\na@example.com\n');
    expect(codeOf(await upload(consumer.key))).toEqual([403, 'AUTH_SCOPE']);
    expect(codeOf(await upload(third.key))).toEqual([404, 'NOT_FOUND']);
    expect(field(await upload(producer.key), 'rows')).toBe(1);
    await world.reaches(job, 'READY_FOR_DOWNLOAD');
    const file = `GET /v1/jobs/${job}/segmentDataFiles/${job}_1.csv` as const;
    const report = (key: string) => client.withKey(key, `PUT /v1/jobs/${job}`, { status: 'COMPLETE' });
    expect(codeOf(await client.withKey(producer.key, file))).toEqual([403, 'AUTH_SCOPE']);
    expect(codeOf(await report(producer.key))).toEqual([403, 'AUTH_SCOPE']);
    expect(codeOf(await client.withKey(third.key, file))).toEqual([404, 'NOT_FOUND']);
    expect((await client.withKey(consumer.key, file)).text).toBe('email\r\na@example.com\r\n');
    expect((await report(consumer.key)).status).toBe(200);
  });

  it('a job of another member, of nobody, of no number', async () => {
    const job = await world.waiting();
    for (const [path, as] of [
      [`${job}`, 'stranger'],
      ['999999', 'provider'],
      ['x', 'provider'],
    ] as const)
      expect(codeOf(await world.call(`POST /v1/jobs/${path}/data`, { as, body: good, headers: { 'content-type': 'text/csv' } }))).toEqual([
        404,
        'NOT_FOUND',
      ]);
    await nothingKept(job);
  });
});

describe('409 BAD_STATE', () => {
  it('another file after the last one', async () => {
    const job = await world.uploaded(good);
    expect(codeOf(await world.upload(job, 'email\nlate@example.com\n'))).toEqual([409, 'BAD_STATE']);
    expect(await world.job(job)).toMatchObject({ rowsReceived: 2 });
  });

  it('a job that is complete, and one that was canceled, also while the file was coming in', async () => {
    const job = await world.uploaded(good);
    await world.report(job, { status: 'COMPLETE' });
    expect(codeOf(await world.upload(job, good))).toEqual([409, 'BAD_STATE']);
    const canceled = await world.waiting();
    const slow = slowUpload(canceled, ['email\n', 'a@example.com\n']);
    await slow.begun;
    await world.cancel(canceled);
    expect(codeOf(await world.upload(canceled, good))).toEqual([409, 'BAD_STATE']);
    expect((await slow.finish()).statusCode).toBe(409);
    expect(onDisk(canceled)).toEqual([]);
  });
});

describe('413 TOO_LARGE keeps nothing, and the job waits on', () => {
  it('a length of more than 100 MiB, without reading it', async () => {
    const job = await world.waiting();
    const sent = sending(job, { 'content-length': String(100 * 2 ** 20 + 1) });
    sent.flushHeaders();
    const [response] = await once(sent, 'response');
    sent.destroy();
    expect(response.statusCode).toBe(413);
    await nothingKept(job);
  });

  it('more rows than the job has left, and a file more than 200', async () => {
    const job = await world.waiting();
    const insert = (number: number, rows: number) =>
      platform.server.catalog.read
        .insertInto('share_job_file')
        .values({ job_id: job, direction: 'in', number, name: `f${number}`, rows, bytes: 1, digest: `d${number}`, created_on: 0 })
        .execute();
    await insert(1, 49_999_999);
    expect(codeOf(await world.upload(job, good))).toEqual([413, 'TOO_LARGE']);
    expect((await world.upload(job, 'email\na@example.com\n', { query: '?final=false' })).status).toBe(202);
    await platform.server.catalog.read.updateTable('share_job_file').set({ rows: 1 }).where('job_id', '=', job).execute();
    for (let number = 3; number <= 200; number++) await insert(number, 1);
    expect(codeOf(await world.upload(job, good))).toEqual([413, 'TOO_LARGE']);
  });
});

describe('415 UNSUPPORTED_MEDIA', () => {
  it.each([
    { 'content-type': 'application/json' },
    { 'content-type': 'text/csv; charset=iso-8859-1' },
    { 'content-encoding': 'br' },
    { ...form().headers, 'content-encoding': 'gzip' },
  ])('%o', async (headers) => {
    const job = await world.waiting();
    expect(codeOf(await world.upload(job, good, headers))).toEqual([415, 'UNSUPPORTED_MEDIA']);
    await nothingKept(job);
  });
});

describe('a sender that disappears', () => {
  it.each([
    ['CSV', 'email\na@example.com\n', {}],
    ['a form', form(['data', good, 'x.csv']).body.slice(0, -12), form().headers],
  ])('leaves nothing behind, and the job waits on: %s', async (_, first, headers) => {
    const job = await world.waiting();
    const slow = slowUpload(job, [first, ''], headers);
    await slow.begun;
    await expect.poll(() => onDisk(job).length).toBe(1);
    slow.destroy();
    await expect.poll(() => onDisk(job)).toEqual([]);
    await nothingKept(job);
    expect((await world.upload(job, good)).status).toBe(202);
  });
});

function sending(job: number, headers: Readonly<Record<string, string>> = {}) {
  const authorization = platform.tokens.provider;
  return request(`${platform.url}/v1/jobs/${job}/data`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'text/csv', ...headers },
  });
}

/** An upload of which the first piece is sent, the second when it is to end. */
function slowUpload(job: number, [first = '', rest = '']: readonly string[], headers: Readonly<Record<string, string>> = {}) {
  const sent = sending(job, headers);
  sent.on('error', () => {});
  const begun = new Promise<void>((resolve) => void sent.write(first, () => resolve()));
  return {
    begun,
    destroy: () => sent.destroy(),
    async finish() {
      sent.end(rest);
      const [response] = await once(sent, 'response');
      response.resume();
      return response;
    },
  };
}
