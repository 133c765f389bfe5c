import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestCall } from '../call.fixture.ts';
import type { Command, OptionValues } from '../command.ts';
import { toolkitAudienceDownload } from '../commands/toolkit-audience-download.ts';
import { toolkitAudienceRegister } from '../commands/toolkit-audience-register.ts';
import { toolkitAudienceUpload } from '../commands/toolkit-audience-upload.ts';
import { toolkitRegister } from '../commands/toolkit-register.ts';
import { segmentIdOf } from './audience-file.ts';
import { type ScriptedAnswer, ScriptedExchange, type SeenCall } from './scripted-exchange.fixture.ts';

let home: string;
let exchange: ScriptedExchange;
const gold = segmentIdOf('Gold');
const publish = (name: string, content: string): void => writeFileSync(join(home, 'publish', name), content);
const published = (folder = ''): string[] => readdirSync(join(home, 'publish', folder)).filter((name) => name.endsWith('.csv'));
const downloaded = (name: string): string => readFileSync(join(home, 'download', name), 'utf8');
const configure = (more: string): void => writeFileSync(join(home, 'config.properties'), more, { flag: 'a' });

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'foyer-toolkit-'));
  for (const folder of ['publish', 'download']) mkdirSync(join(home, folder));
  exchange = new ScriptedExchange();
  configure(`ubx.api.service.url=${await exchange.listen()}/base
ubx.application.endpoint.authentication.key=k-1
ubx.audience.producer.endpoint.id=41
ubx.audience.consumer.endpoint.id=42
ubx.audience.producer.audiencePublishFolder=publish
ubx.audience.consumer.downloadFolder=download
foyer.endpoint.name=Store
foyer.endpoint.provider.name=Example
foyer.endpoint.identifiers=email
foyer.endpoint.attributes=score:number
foyer.retries=1
`);
});
afterEach(() => {
  exchange.close();
  rmSync(home, { recursive: true, force: true });
});

async function run(command: Command, values: OptionValues = {}): Promise<TestCall & { code: number }> {
  const call = new TestCall({ config: 'config.properties', ...values }, home);
  return Object.assign(call, { code: await command.run(call.call) });
}

/** Jobs are listed by status; the rest is up to the test. */
const answering = (jobs: readonly object[], other: (call: SeenCall) => ScriptedAnswer | undefined) => (call: SeenCall) => {
  const { pathname, searchParams } = new URL(call.path, 'http://x');
  if (pathname !== '/base/v1/jobs/SEGMENT_EXPORT') return other(call);
  return { json: jobs.filter((job) => 'status' in job && job.status === searchParams.get('status')) };
};
const waiting = (jobId: number, segment = gold, status = 'WAITING_TO_RECIEVE_DATA') => ({
  jobId,
  status,
  producerEndpointID: 41,
  destinationEndpointID: 9,
  producerSegmentID: segment,
  segmentDataFiles: null,
});
const ready = (jobId: number, status = 'READY_FOR_DOWNLOAD') => ({
  jobId,
  status,
  producerEndpointID: 9,
  destinationEndpointID: 42,
  segmentDataFiles: [`${jobId}_1.csv`],
  shareAction: 'REPLACE',
});
const accepted = { status: 202, json: { rows: 2 } };

describe('toolkit register', () => {
  it('registers and says where the id belongs, with all its digits', async () => {
    exchange.script = () => ({ json: '{"endpointId":80000000000000011,"status":"ACTIVE"}' });
    const { code, out } = await run(toolkitRegister);
    expect([code, out]).toEqual([
      0,
      `Endpoint 80000000000000011 is ACTIVE.\nPut this into ${home}/config.properties:\nubx.audience.producer.endpoint.id=80000000000000011\nubx.audience.consumer.endpoint.id=80000000000000011\n`,
    ]);
    const [call] = exchange.calls;
    expect([call?.method, call?.path, call?.headers.authorization]).toEqual(['PUT', '/base/v1/endpoint', 'Bearer k-1']);
    expect(JSON.parse(call?.body ?? '')).toMatchObject({ name: 'Store', endpointTypes: { segment: { source: { sourceType: 'push' } } } });
  });

  it('ends with the code of a configuration where the key is refused, with the text of the server', async () => {
    exchange.script = () => ({
      status: 401,
      json: { code: 'AUTH_INVALID', message: 'unknown key', details: [{ field: 'a.b', message: 'is odd' }] },
    });
    const { code, said } = await run(toolkitRegister);
    expect([code, said]).toEqual([2, expect.stringContaining('foyer: unknown key (AUTH_INVALID); a.b is odd; see the address')]);
  });

  it('follows no redirect: the key goes to nobody else', async () => {
    exchange.script = () => ({ status: 307, headers: { location: 'https://elsewhere.example/' } });
    const { code, said } = await run(toolkitRegister);
    expect([code, said]).toEqual([2, expect.stringContaining('answers 307, it has moved to https://elsewhere.example/')]);
    expect(exchange.calls).toHaveLength(1);
  });
});

describe('calls', () => {
  it('are repeated after as long as Retry-After says', async () => {
    exchange.script = () => (exchange.calls.length === 1 ? { status: 429, headers: { 'retry-after': '0' } } : { json: { endpointId: 1 } });
    const { code, said } = await run(toolkitRegister);
    expect([code, said]).toEqual([0, expect.stringContaining('answers 429 without a readable text; again in 0 s')]);
  });

  it('end with the code of the network where nobody answers, or a server that stays broken', async () => {
    exchange.script = () => ({ status: 503, headers: { 'retry-after': '0' }, json: { message: 'going down' } });
    expect(await run(toolkitRegister)).toMatchObject({ code: 3, said: expect.stringContaining('foyer: going down') });
    expect(exchange.calls).toHaveLength(2);
    exchange.close();
    configure('foyer.retries=0\n');
    expect(await run(toolkitRegister)).toMatchObject({ code: 3, said: expect.stringMatching(/foyer: no answer from .*ECONNREFUSED/) });
  });

  it('go through the proxy, those by https in a tunnel', async () => {
    const { port } = new URL(/url=(.*)\/base/.exec(readFileSync(join(home, 'config.properties'), 'utf8'))?.[1] ?? '');
    configure(`ubx.proxy.host=127.0.0.1\nubx.proxy.port=${port}\nubx.api.service.url=http://exchange.example\nfoyer.retries=0\n`);
    exchange.script = () => ({ json: { endpointId: 7 } });
    expect(await run(toolkitRegister)).toMatchObject({ code: 0 });
    configure('ubx.api.service.url=https://exchange.example\n');
    expect(await run(toolkitRegister)).toMatchObject({ code: 3 });
    expect(exchange.takeCalls()).toEqual(['PUT http://exchange.example/v1/endpoint', 'CONNECT exchange.example:443']);
  });
});

describe('toolkit audience-register', () => {
  const list = (segments: readonly unknown[]) => (call: SeenCall) =>
    call.method === 'GET' ? { json: segments } : { status: 201, json: { accepted: 1 } };

  it('offers what is new, by name and header, and nothing else of the folder', async () => {
    publish('UBXSegment_Gold.csv', 'Email,score\na@x.example,1\n"b@x.example",2');
    publish('Gold.csv', 'x\n');
    exchange.script = list([]);
    const { code, out } = await run(toolkitAudienceRegister);
    expect([code, out]).toEqual([
      0,
      'new              Gold  2 rows, columns Email, score\n1 audience is offered, 1 of them new or changed.\n',
    ]);
    expect(JSON.parse(exchange.calls[1]?.body ?? '')).toEqual([
      {
        id: gold,
        name: 'Gold',
        description: null,
        segment_attributes: [
          { name: 'Email', type: 'email', isIdentifier: true },
          { name: 'score', type: 'number', isIdentifier: false },
        ],
        count: 2,
        lastModified: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      },
    ]);
    expect(exchange.takeCalls()).toEqual(['GET /base/v1/endpoint/41/segments', 'POST /base/v1/endpoint/41/segments']);
  });

  it('sends nothing where nothing is new, and notices a changed header', async () => {
    publish('UBXSegment_Gold.csv', 'email\na@x.example\n');
    exchange.script = list([]);
    await run(toolkitAudienceRegister);
    const offered = JSON.parse(exchange.calls[1]?.body ?? '') as object[];
    exchange.takeCalls();
    exchange.script = list(offered);
    expect(await run(toolkitAudienceRegister)).toMatchObject({ code: 0, out: '1 audience is offered, 0 of them new or changed.\n' });
    expect(exchange.takeCalls()).toEqual(['GET /base/v1/endpoint/41/segments']);
    publish('UBXSegment_Gold.csv', 'email,score\na@x.example,1\n');
    expect((await run(toolkitAudienceRegister)).out).toContain('header changed   Gold');
  });

  it('passes over a file without a usable header, and withdraws nothing then', async () => {
    publish('UBXSegment_Gold.csv', 'email\n');
    publish('UBXSegment_Bad.csv', 'a,a\n');
    exchange.script = list([]);
    const { code, said } = await run(toolkitAudienceRegister, { replace: true });
    expect([code, said]).toEqual([
      1,
      expect.stringContaining('UBXSegment_Bad.csv is passed over: its first line names the column a twice'),
    ]);
    expect(exchange.takeCalls()[1]).toBe('POST /base/v1/endpoint/41/segments');
    rmSync(join(home, 'publish', 'UBXSegment_Bad.csv'));
    exchange.script = list([{ id: 'old', segment_attributes: [] }]);
    expect(await run(toolkitAudienceRegister, { replace: true })).toMatchObject({ code: 0, out: expect.stringContaining('1 withdrawn') });
    expect(exchange.takeCalls()[1]).toBe('PUT /base/v1/endpoint/41/segments');
  });

  it('names a folder that is not there', async () => {
    rmSync(join(home, 'publish'), { recursive: true });
    expect(await run(toolkitAudienceRegister)).toMatchObject({ code: 2, said: expect.stringContaining('cannot read the folder') });
  });
});

describe('toolkit audience-upload', () => {
  it('sends a file to all jobs that wait for it, packed and with its digest, and puts it away', async () => {
    publish('UBXSegment_Gold.csv', 'email\na@x.example\nb@x.example\n');
    exchange.script = answering([waiting(7), waiting(8), waiting(9, 'other')], () => accepted);
    const { code, out, said } = await run(toolkitAudienceUpload);
    expect(code).toBe(0);
    expect(out).toContain('job 7 has UBXSegment_Gold.csv, 2 rows\njob 8 has UBXSegment_Gold.csv, 2 rows\n');
    expect(said).toContain('job 9 waits for segment other, whose file is not in');
    const [upload] = exchange.calls.filter(({ method }) => method === 'POST');
    expect(upload).toMatchObject({ path: '/base/v1/jobs/7/data', body: 'email\na@x.example\nb@x.example\n' });
    expect(upload?.headers).toMatchObject({
      'content-encoding': 'gzip',
      'content-digest': upload?.digest,
      'content-type': 'text/csv; charset=utf-8',
    });
    expect([published(), published('done')]).toEqual([[], [expect.stringMatching(/^UBXSegment_Gold\.\d{8}T\d{6}Z\.csv$/)]]);
  });

  it('sends a large file in parts, the header repeated, the last one final', async () => {
    const row = `${'x'.repeat(1000)}\n`;
    publish('UBXSegment_Gold.csv', `id\n${row.repeat(2500)}`);
    configure('foyer.upload.part.mebibytes=1\n');
    exchange.script = answering([waiting(7)], () => accepted);
    expect(await run(toolkitAudienceUpload)).toMatchObject({ code: 0, out: expect.stringContaining('in 3 parts, 6 rows') });
    const uploads = exchange.calls.filter(({ method }) => method === 'POST');
    expect(uploads.map(({ path }) => path)).toEqual([
      '/base/v1/jobs/7/data?final=false',
      '/base/v1/jobs/7/data?final=false',
      '/base/v1/jobs/7/data',
    ]);
    for (const { body } of uploads) expect(body.startsWith('id\n') && body.length <= 2 ** 20).toBe(true);
    expect(uploads.map(({ body }) => body.slice(3)).join('')).toBe(row.repeat(2500));
  });

  it('goes on with a job that has some of its parts already', async () => {
    publish('UBXSegment_Gold.csv', `id\n${`${'x'.repeat(1000)}\n`.repeat(1500)}`);
    configure('foyer.upload.part.mebibytes=1\nfoyer.retries=0\n');
    exchange.script = answering([waiting(7)], (call) => (call.path.endsWith('final=false') ? accepted : { status: 503 }));
    expect(await run(toolkitAudienceUpload)).toMatchObject({ code: 3 });
    expect(published()).toHaveLength(1);
    exchange.takeCalls();
    exchange.script = answering([waiting(7, gold, 'RECEIVING_DATA'), waiting(8, gold, 'RECEIVING_DATA')], () => accepted);
    expect(await run(toolkitAudienceUpload)).toMatchObject({ code: 0 });
    expect(exchange.takeCalls().filter((call) => call.startsWith('POST'))).toEqual([
      'POST /base/v1/jobs/7/data?final=false',
      'POST /base/v1/jobs/7/data',
    ]);
    expect(readdirSync(join(home, 'publish'))).toEqual(['done']);
  });

  it('puts a file aside whose content is refused, and tells why', async () => {
    publish('UBXSegment_Gold.csv', 'email\n');
    exchange.script = answering([waiting(7)], () => ({ status: 400, json: { code: 'INVALID_CSV', message: 'no column phone' } }));
    const { code, said } = await run(toolkitAudienceUpload);
    expect([code, said]).toEqual([1, expect.stringContaining('job 7, UBXSegment_Gold.csv: refused: no column phone (INVALID_CSV)')]);
    expect(published('error')).toHaveLength(1);
  });

  it('leaves a file where the job has ended meanwhile', async () => {
    publish('UBXSegment_Gold.csv', 'email\n');
    exchange.script = answering([waiting(7)], () => ({ status: 409, json: { code: 'BAD_STATE', message: 'Job 7 is CANCELED.' } }));
    expect(await run(toolkitAudienceUpload)).toMatchObject({ code: 1, said: expect.stringContaining('Job 7 is CANCELED.') });
    expect(published()).toEqual(['UBXSegment_Gold.csv']);
  });
});

describe('toolkit audience-download', () => {
  const rows = 'email\r\na@x.example\r\nb@x.example\r\n';

  it('stores the files and the job, and reports them loaded', async () => {
    exchange.script = answering([ready(7)], ({ method }) =>
      method === 'GET' ? { headers: { 'content-encoding': 'gzip' }, body: gzipSync(rows) } : { json: {} },
    );
    expect(await run(toolkitAudienceDownload)).toMatchObject({ code: 0, out: `job 7: 7_1.csv in ${home}/download\n` });
    expect(downloaded('7_1.csv')).toBe(rows);
    expect(JSON.parse(downloaded('7.json'))).toMatchObject({ shareAction: 'REPLACE' });
    const put = exchange.calls.find(({ method }) => method === 'PUT');
    expect([put?.path, JSON.parse(put?.body ?? '')]).toEqual([
      '/base/v1/jobs/7',
      { status: 'COMPLETE', subStatus: 'LOADED', errorDetails: null },
    ]);
    expect(readdirSync(join(home, 'download')).toSorted()).toEqual(['7.json', '7_1.csv']);
  });

  it('goes on from where a download broke off', async () => {
    configure('foyer.retries=0\n');
    exchange.script = answering([ready(7)], () => ({
      body: rows,
      breakAfter: { bytes: 10, seen: async () => await expect.poll(() => downloaded('7_1.csv.part')).toHaveLength(10) },
    }));
    expect(await run(toolkitAudienceDownload)).toMatchObject({ code: 3 });
    expect(existsSync(join(home, 'download', '7_1.csv'))).toBe(false);
    expect(downloaded('7_1.csv.part')).toBe(rows.slice(0, 10));
    exchange.script = answering([ready(7, 'SENDING_DATA')], ({ method, headers }) => {
      const start = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1]);
      return method === 'PUT'
        ? { json: {} }
        : { status: 206, headers: { 'content-range': `bytes ${start}-33/34` }, body: rows.slice(start) };
    });
    expect(await run(toolkitAudienceDownload)).toMatchObject({ code: 0 });
    expect(downloaded('7_1.csv')).toBe(rows);
  });

  it('reports again, without fetching again, where the report did not arrive', async () => {
    configure('foyer.retries=0\n');
    exchange.script = answering([ready(7)], ({ method }) => (method === 'GET' ? { body: rows } : { status: 503 }));
    expect(await run(toolkitAudienceDownload)).toMatchObject({ code: 3 });
    exchange.takeCalls();
    exchange.script = answering([ready(7, 'SENDING_DATA')], ({ method }) => (method === 'PUT' ? { json: {} } : undefined));
    expect(await run(toolkitAudienceDownload)).toMatchObject({ code: 0 });
    expect(exchange.takeCalls().at(-1)).toBe('PUT /base/v1/jobs/7');
  });

  it('reports a failure where the file cannot be stored', async () => {
    mkdirSync(join(home, 'download', '7_1.csv.part'));
    exchange.script = answering([ready(7)], ({ method }) => (method === 'GET' ? { body: rows } : { json: {} }));
    expect(await run(toolkitAudienceDownload)).toMatchObject({ code: 1, said: expect.stringContaining('job 7: cannot store it: EISDIR') });
    expect(JSON.parse(exchange.calls.at(-1)?.body ?? '')).toMatchObject({ status: 'FAILED', subStatus: 'NOT_STORED' });
  });

  it('leaves jobs alone whose destination is another endpoint', async () => {
    exchange.script = answering([{ ...ready(7), destinationEndpointID: 41 }], () => undefined);
    expect(await run(toolkitAudienceDownload)).toMatchObject({ code: 0, out: 'No job is ready for download.\n' });
  });
});

describe('--every', () => {
  it('runs on until it is stopped', async () => {
    const call = new TestCall({ config: 'config.properties', every: '10' }, home);
    exchange.script = answering([], () => undefined);
    const ended = toolkitAudienceDownload.run(call.call);
    await expect.poll(() => call.out).toContain('No job');
    call.stop();
    await expect(ended).rejects.toMatchObject({ exitCode: 130 });
  });

  it('is no less than ten seconds', async () => {
    await expect(run(toolkitAudienceDownload, { every: '5' })).rejects.toThrow('--every is a number of seconds from 10');
  });
});
