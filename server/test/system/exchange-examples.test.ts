/** The example endpoints and the toolkit, as processes of their own, between which a real server shares audiences. All by the CLI. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repository, type RunningServer, serverEnvironment, startServer, temporaryFolder } from '../running-server.ts';

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const folder = temporaryFolder('exchange-examples');
const home = folder.path;
const password = 'Correct-horse-1';
const children: ChildProcess[] = [];
let server: RunningServer;

async function foyerAs(who: string, args: readonly string[], stdin = ''): Promise<Ended> {
  const env = serverEnvironment({ XDG_CONFIG_HOME: join(home, who) });
  const child = spawn(process.execPath, [join(repository, 'cli', 'bin', 'foyer.mjs'), ...args], { cwd: home, env });
  const out: string[] = [];
  const said: string[] = [];
  child.stdout.on('data', (piece: Buffer) => out.push(piece.toString()));
  child.stderr.on('data', (piece: Buffer) => said.push(piece.toString()));
  child.stdin.end(stdin);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout: out.join(''), stderr: said.join('') };
}
const foyer = (...args: string[]): Promise<Ended> => foyerAs('member', args);

/** The last line of what a command prints with --json. */
async function jsonOf<Result>(ended: Promise<Ended>, code = 0): Promise<Result> {
  const { stdout, stderr, code: got } = await ended;
  expect(got, stdout + stderr).toBe(code);
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Result;
}

/** An example while it runs: its address. */
async function startExample(name: string, env: Readonly<Record<string, string>>): Promise<string> {
  const file = join(repository, 'examples', name, 'server.mjs');
  const child = spawn(process.execPath, [file], { env: serverEnvironment({ PORT: '0', ...env }), stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return `http://127.0.0.1:${/listening on (\d+)/.exec(line.toString())?.[1]}`;
}

async function registerExample(name: string, url: string): Promise<number> {
  const definition = join(repository, 'examples', name, 'endpoint.json');
  const args = ['endpoint', 'register', '--definition', definition, '--url', url, '--api-key-file', '-', '--json'];
  const { endpointId, status } = await jsonOf<{ endpointId: number; status: string }>(foyerAs('member', args, 'key-1'));
  expect(status).toBe('ACTIVE');
  return endpointId;
}

/** Once more and once more, until the text is there or the test's time is over. */
async function until(text: string, work: () => Promise<string>): Promise<void> {
  while (!(await work()).includes(text)) await new Promise((resolve) => setTimeout(resolve, 500));
}

const hashOf = (email: string): string => createHash('sha256').update(email).digest('hex');
/** Rows below the header, in the order of their text. */
const rowsOf = (path: string): string[] => readFileSync(path, 'utf8').split('\r\n').filter(Boolean).slice(1).toSorted();
const audiences = async (endpoint: number): Promise<string[]> => {
  const list = await jsonOf<{ name: string }[]>(foyer('curl', `/v1/audiences?endpointId=${endpoint}`));
  return list.map(({ name }) => name).toSorted();
};

beforeAll(async () => {
  server = await startServer({ data: join(home, 'data'), env: { FOYER_ALLOW_PRIVATE_ENDPOINTS: '1' } });
  const { username, password: first } = server.ready.firstAccount ?? { username: '', password: '' };
  await foyerAs('admin', ['login', '--server', server.url, '--username', username, '--password-stdin'], first);
  const create = ['member', 'create', '--name', 'Acme', '--type', 'data_provider', '--json'];
  const { id } = await jsonOf<{ id: number }>(foyerAs('admin', create));
  const account = ['account', 'create', '--member', String(id), '--username', 'acme', '--email', 'a@acme.example', '--first-name', 'A'];
  await foyerAs('admin', [...account, '--last-name', 'B', '--password-stdin'], password);
  const login = await foyerAs('member', ['login', '--server', server.url, '--username', 'acme', '--password-stdin'], password);
  expect(login.code, login.stderr).toBe(0);
});
afterAll(async () => {
  for (const child of children) child.kill();
  await server.stop();
  folder.remove();
});

describe('a pull producer and a push consumer', () => {
  const offered = join(home, 'offered');
  const kept = join(home, 'kept');
  let producer: number;
  let consumer: number;
  const keptRows = (): string[] => rowsOf(join(kept, readdirSync(kept).find((name) => name.endsWith('.csv')) ?? ''));
  const keptId = (): string => (readdirSync(kept).find((name) => name.endsWith('.json')) ?? '').replace('.json', '');
  const share = (segment: string, ...args: string[]): Promise<Ended> =>
    foyer('share', 'create', '--source', `${producer}/${segment}`, '--map', 'email=email', '--wait', '--json', ...args);

  beforeAll(async () => {
    mkdirSync(offered);
    for (const name of ['gold.csv', 'lapsed.mjs'])
      writeFileSync(join(offered, name), readFileSync(join(repository, 'examples', 'pull-producer', 'audiences', name)));
    writeFileSync(join(offered, 'leavers.csv'), 'email\nRAJ.patel@example.com\nnobody@example.com\n');
    producer = await registerExample('pull-producer', await startExample('pull-producer', { FOLDER: offered, API_KEY: 'key-1' }));
    consumer = await registerExample('push-consumer', await startExample('push-consumer', { FOLDER: kept, API_KEY: 'key-1' }));
  });

  it('are known to the exchange, and what stands against a share is told before', async () => {
    await until('leavers', async () => (await audiences(producer)).join());
    expect(await audiences(producer)).toEqual(['gold', 'lapsed', 'leavers']);
    expect((await foyer('endpoint', 'list')).stdout).toMatch(/Example producer +ACTIVE +custom +pull/);
    const dry = ['share', 'dry-run', '--source', `${producer}/gold`, '--destination', String(consumer), '--new-segment', 'Gold'];
    expect(await foyer(...dry, '--map', 'email=email')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('The share can be made.'),
    });
    expect(await foyer(...dry, '--map', 'phone=email')).toMatchObject({ code: 1, stdout: expect.stringContaining('(INVALID_MAPPING)') });
  });

  it('ADD brings every row, hashed, into a new audience', async () => {
    const job = await jsonOf(share('gold', '--destination', String(consumer), '--new-segment', 'Gold', '--attribute', 'tier=level'));
    expect(job).toMatchObject({ state: 'Complete', rowsReceived: 3, rowsSent: 3, rowsRejected: 0 });
    expect(keptRows()).toEqual(
      [
        `${hashOf('ana.reyes@example.com')},"Gold, ""VIP"""`,
        `${hashOf('raj.patel@example.com')},Gold`,
        `${hashOf('lee@example.com')},Gold`,
      ].toSorted(),
    );
  });

  it('REMOVE takes those out that are sent, and nobody else', async () => {
    await jsonOf(share('leavers', '--destination', `${consumer}/${keptId()}`, '--action', 'REMOVE'));
    expect(keptRows()).toEqual([`${hashOf('ana.reyes@example.com')},"Gold, ""VIP"""`, `${hashOf('lee@example.com')},Gold`].toSorted());
  });

  it('REPLACE leaves what is sent, also of an audience that is made on demand', async () => {
    const job = await jsonOf(
      share('lapsed', '--destination', `${consumer}/${keptId()}`, '--action', 'REPLACE', '--attribute', 'tier=level'),
    );
    expect(job).toMatchObject({ state: 'Complete', rowsSent: 3 });
    expect(keptRows()).toEqual(['mia', 'noah', 'zoe'].map((name) => `${hashOf(`${name}@example.com`)},Silver`).toSorted());
  });

  it('a failed run tells why and changes nothing', async () => {
    const before = keptRows();
    writeFileSync(join(offered, 'leavers.csv'), 'email\n"broken\n');
    const job = await jsonOf(share('leavers', '--destination', `${consumer}/${keptId()}`, '--action', 'REPLACE'), 11);
    expect(job).toMatchObject({ state: 'Failed', error: { code: 'INVALID_CSV' } });
    expect(keptRows()).toEqual(before);
    expect((await foyer('share', 'history')).stdout).toContain('INVALID_CSV');
  });

  it('a share can be left to a schedule with the mapping that the server suggests, and run by hand', async () => {
    const place = ['--source', `${producer}/lapsed`, '--destination', `${consumer}/${keptId()}`];
    const daily = ['--daily', '2027-01-31T06:00', '--timezone', 'Europe/Berlin'];
    const made = await foyer('share', 'create', ...place, '--suggest', '--action', 'REPLACE', ...daily);
    expect(made, made.stderr).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Share \d+ is made; it runs 2027-01-31T05:00:00(\.000)?Z\.\n$/),
    });
    expect(made.stderr).toContain('suggested: identifiers {"sourceIdentifiers":["email"],"destinationIdentifier":"email"}');
    const shareId = /^Share (\d+)/.exec(made.stdout)?.[1] ?? '';
    expect((await foyer('share', 'list')).stdout).toContain(`${producer}/lapsed`);
    const run = await foyer('share', 'run', shareId, '--wait');
    const text = /^Job \d+ is Complete\.\n {2}rows received +3\n {2}rows sent +3\n$/;
    expect(run, run.stderr).toMatchObject({ code: 0, stdout: expect.stringMatching(text) });
    expect(keptRows()).toEqual(['mia', 'noah', 'zoe'].map((name) => hashOf(`${name}@example.com`)).toSorted());
  });

  it('an endpoint that does not answer stays Pending, with the reason', async () => {
    const definition = join(repository, 'examples', 'pull-producer', 'endpoint.json');
    const args = ['endpoint', 'register', '--definition', definition, '--url', 'http://127.0.0.1:1', '--name', 'Nobody'];
    const { code, stdout } = await foyer(...args);
    expect([code, stdout]).toEqual([1, expect.stringMatching(/^Endpoint \d+ is PENDING: .+\nIts key, shown only now: \S{20,}\n$/)]);
    expect((await foyer('endpoint', 'list', '--status', 'PENDING')).stdout).toContain('Nobody');
  });

  it('a repeated request changes nothing at the consumer, and a wrong key gets nothing', async () => {
    const own = join(home, 'own');
    const url = await startExample('push-consumer', { FOLDER: own, API_KEY: 'key-2' });
    const call = async (method: string, path: string, body: string, key: string, bearer = 'key-2') => {
      const headers = { authorization: `Bearer ${bearer}`, 'idempotency-key': key };
      const answer = await fetch(url + path, { method, headers, ...(body === '' ? {} : { body }) });
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    };
    const made = await call('POST', '/v1/segments', '{"name":"A"}', 'make');
    expect(await call('POST', '/v1/segments', '{"name":"A"}', 'make')).toEqual(made);
    const id = String(made.body['id']);
    const data = `/v1/segments/${id}/data`;
    const added = await call('POST', data, 'email,level\r\na,1\r\nb,2\r\n', 'add');
    expect(added).toMatchObject({ status: 202, body: { status: 'COMPLETE' } });
    expect(await call('GET', `/v1/jobs/${String(added.body['jobId'])}`, '', '')).toMatchObject({ status: 200, body: added.body });
    await call('POST', `${data}?action=REMOVE`, 'email\r\na\r\n', 'remove');
    expect(await call('POST', data, 'email,level\r\na,1\r\nb,2\r\n', 'add')).toEqual(added);
    await call('POST', data, 'email,level\r\nb,\r\nc,"3,""x"""\r\n', 'again');
    expect(rowsOf(join(own, `${id}.csv`))).toEqual(['b,2', 'c,"3,""x"""']);
    expect(await call('PUT', data, 'email\r\n"d', 'bad')).toMatchObject({ status: 400, body: { code: 'INVALID_CSV' } });
    expect(rowsOf(join(own, `${id}.csv`))).toHaveLength(2);
    expect(await call('GET', '/v1/segments', '', '', 'key-1')).toMatchObject({ status: 401, body: { code: 'AUTH_INVALID' } });
    expect(await call('GET', '/v1/segments/..%2F..%2Fx', '', '')).toMatchObject({ status: 404 });
  });

  it('a new key is shown once, and a disabled endpoint takes no part', async () => {
    expect((await foyer('endpoint', 'rotate-key', String(consumer))).stdout).toMatch(/shown only now: \S{20,}\nThe old one ends 2/);
    expect(await foyer('endpoint', 'disable', String(consumer))).toMatchObject({ code: 0, stdout: `Endpoint ${consumer} is disabled.\n` });
    expect(await share('gold', '--destination', `${consumer}/${keptId()}`)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('BAD_STATE'),
    });
  });
});

describe('the toolkit', () => {
  /** Registers a machine with the toolkit: its configuration and the endpoint's id. */
  async function machine(name: string, lines: string): Promise<{ config: string; endpoint: string }> {
    const { key } = await jsonOf<{ key: string }>(foyer('endpoint', 'register', '--name', name, '--json'));
    for (const place of ['publish', 'download']) mkdirSync(join(home, name, place), { recursive: true });
    const config = join(home, name, 'config.properties');
    const base = `ubx.api.service.url=${server.url}\nubx.application.endpoint.authentication.key=${key}\n`;
    writeFileSync(config, `${base}foyer.endpoint.name=${name}\nfoyer.endpoint.provider.name=Acme\n${lines}`);
    const { stdout, stderr } = await foyer('toolkit', 'register', '--config', config);
    const [line = '', endpoint = ''] = /^ubx\.audience\.\w+\.endpoint\.id=(\d+)$/m.exec(stdout) ?? [];
    expect(stdout, stderr).toContain('is ACTIVE');
    appendFileSync(config, `${line}\n`);
    return { config, endpoint };
  }

  it('sends a file from one machine to another, row by row, in parts', async () => {
    const source = await machine(
      'store',
      'ubx.audience.producer.audiencePublishFolder=publish\nfoyer.endpoint.identifiers=homeemail:email\nfoyer.endpoint.attributes=tier\nfoyer.upload.part.mebibytes=1\n',
    );
    const destination = await machine(
      'warehouse',
      'ubx.audience.consumer.downloadFolder=download\nfoyer.endpoint.identifiers=email\nfoyer.endpoint.attributes=level\nfoyer.endpoint.hash.algorithm=SHA256\n',
    );
    const people = Array.from({ length: 40_000 }, (_, at) => `Person.${at}@example.com`);
    const file = join(home, 'store', 'publish', 'UBXSegment_Gold members.csv');
    writeFileSync(file, `homeemail,tier\n${people.map((email, at) => `${email},"tier ${at % 3}, paid"\n`).join('')},no email\n`);
    const registered = await foyer('toolkit', 'audience-register', '--config', source.config);
    expect(registered, registered.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining('Gold members  40001 rows') });
    expect(await audiences(Number(source.endpoint))).toEqual(['Gold members']);
    const [audience] = await jsonOf<{ segmentId: string }[]>(foyer('curl', `/v1/audiences?endpointId=${source.endpoint}`));

    const place = ['--source', `${source.endpoint}/${audience?.segmentId}`, '--destination', destination.endpoint, '--new-segment', 'Gold'];
    const made = await foyer('share', 'create', ...place, '--map', 'homeemail=email', '--attribute', 'tier=level');
    const jobId = /Job (\d+) has begun/.exec(made.stdout)?.[1] ?? made.stdout + made.stderr;
    await until(`job ${jobId} has`, async () => (await foyer('toolkit', 'audience-upload', '-c', source.config)).stdout);
    expect(existsSync(file)).toBe(false);
    expect(readdirSync(join(home, 'store', 'publish', 'done'))).toHaveLength(1);
    await until(`job ${jobId}: ${jobId}_1.csv`, async () => (await foyer('toolkit', 'audience-download', '-c', destination.config)).stdout);

    const delivered = readFileSync(join(home, 'warehouse', 'download', `${jobId}_1.csv`), 'utf8');
    expect(delivered.startsWith('email,level\r\n')).toBe(true);
    expect(rowsOf(join(home, 'warehouse', 'download', `${jobId}_1.csv`))).toEqual(
      people.map((email, at) => `${hashOf(email.toLowerCase())},"tier ${at % 3}, paid"`).toSorted(),
    );
    expect(await jsonOf(foyer('curl', `/v1/share-jobs/${jobId}`))).toMatchObject({
      state: 'Complete',
      rowsReceived: 40_001,
      rowsSent: 40_000,
      rowsRejected: 1,
    });
    expect(readdirSync(join(home, 'warehouse', 'download')).toSorted()).toEqual([`${jobId}.json`, `${jobId}_1.csv`]);
  }, 240_000);

  it('says which endpoint or key a configuration has wrong', async () => {
    const { config } = await machine('other', 'ubx.audience.producer.audiencePublishFolder=publish\nfoyer.endpoint.identifiers=email\n');
    appendFileSync(config, 'ubx.application.endpoint.authentication.key=unknown\n');
    const { code, stderr } = await foyer('toolkit', 'audience-upload', '--config', config);
    expect([code, stderr]).toEqual([2, expect.stringContaining('(AUTH_INVALID); see the address, the key and the endpoint ids in')]);
  });
});
