/** `foyer batch`, from the shell to a running server and back. */
import { once } from 'node:events';
import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FaultyNetwork } from './faulty-network.ts';
import { foyer, RunningServe, start } from './foyer-process.ts';
import type { Ended } from './foyer-process.ts';

interface Ready {
  url: string;
  first_account: { username: string; password: string };
}
type Job = Readonly<Record<string, unknown>> & { readonly job_id: string; readonly phase: string };

const password = 'Correct-horse-1';
let home: string;
let serve: RunningServe;
let url: string;
let member: number;
let segment: number;

const optionsOf = (who: string) => ({ config: home, env: { XDG_CONFIG_HOME: join(home, who) } });
const as = (who: string, args: readonly string[], stdin?: string): Promise<Ended> =>
  foyer(args, { ...optionsOf(who), ...(stdin === undefined ? {} : { stdin }) });
const batch = (...args: string[]): Promise<Ended> => as('provider', ['batch', ...args]);
async function jsonOf<Result = Job>(ended: Promise<Ended>): Promise<Result> {
  const { stdout, stderr } = await ended;
  expect(stdout, stderr).toMatch(/^\{.*\}\n$/);
  return JSON.parse(stdout) as Result;
}
const logIn = (who: string, secret: string, server = url): Promise<Ended> =>
  as(who, ['login', '--server', server, '--username', who, '--password-stdin'], secret);
async function fileOf(name: string, content: string | Uint8Array): Promise<string> {
  await writeFile(join(home, name), content);
  return name;
}
const held = async (user: string): Promise<readonly number[]> => {
  const shown = await jsonOf<{ memberships: { segment_id: number }[] }>(as('provider', ['user', 'show', user, '--json']));
  return shown.memberships.map((membership) => membership.segment_id);
};
const jobs = async (): Promise<Job[]> =>
  (await batch('list', '--json', '--all')).stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Job);
const linesOf = (prefix: string, count: number): string =>
  Array.from({ length: count }, (_, index) => `${prefix}${String(index).padStart(7, '0')};${segment}:60\n`).join('');
const configure = (config: object): Promise<Ended> =>
  as('admin', [
    'curl',
    `/batch-segment-config?member_id=${member}`,
    '-X',
    'PUT',
    '-d',
    JSON.stringify({ batch_segment_upload_config: config }),
  ]);

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'foyer-batch-'));
  serve = new RunningServe(['--json', '--empty', '--data', join(home, 'data')], { config: home });
  const ready = await serve.event<Ready>('ready');
  url = ready.url.replace(/\/$/, '');
  await logIn('admin', ready.first_account.password);
  const create = ['member', 'create', '--name', 'Provider', '--type', 'data_provider', '--json'];
  ({ id: member } = await jsonOf<{ id: number }>(as('admin', create)));
  const account = ['account', 'create', '--member', String(member), '--username', 'provider', '--email', 'p@example.com'];
  await as('admin', [...account, '--first-name', 'A', '--last-name', 'B', '--password-stdin'], password);
  await logIn('provider', password);
  ({ id: segment } = await jsonOf<{ id: number }>(as('provider', ['segment', 'create', '--code', 'batch', '--json'])));
});
afterAll(async () => {
  await serve.stop();
  await rm(home, { recursive: true, force: true });
});

describe('batch upload', () => {
  it('loads a file, waits, and tells what became of it', async () => {
    const { code, stdout } = await batch('upload', await fileOf('good.txt', `11;${segment}:60\n12;${segment}:60\n`), '--wait');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^Job [\da-f]{32} has completed \(\d+\.\d\d minutes\)\.\n/)]);
    expect(stdout).toMatch(/^ {2}num_valid +2$/m);
    expect(stdout).toMatch(/^ {2}match rate +100\.0%$/m);
    expect(stdout).not.toContain('num_invalid');
    expect(stdout).toContain('it can be taken back: npx foyer batch undo');
    expect(await held('12')).toEqual([segment]);
  });

  it('tells what was refused; its lines are mended and uploaded', async () => {
    const lines = Buffer.from(`21;${segment}:60\n22;\u00e9\n23;${segment}:x\n`, 'latin1');
    const { code, stdout } = await batch('upload', await fileOf('partly.txt', lines), '--wait');
    expect(code).toBe(10);
    const jobId = /^Job (\w+)/.exec(stdout)?.[1] ?? '';
    expect(stdout).toContain(`npx foyer batch rejects ${jobId} > rejects.tsv`);
    const rejects = await batch('rejects', jobId);
    expect([rejects.code, rejects.stdout.split('\n')[0]]).toEqual([0, 'line_number\tcodes\tmessage\tline']);
    expect(rejects.stdout).toMatch(/^3\tnum_invalid_format\t.*\t23;\d+:x$/m);
    expect((await batch('rejects', jobId, '--lines', '-o', 'again.txt')).code).toBe(0);
    const again = await readFile(join(home, 'again.txt'));
    expect(again).toEqual(Buffer.from(`22;\u00e9\n23;${segment}:x\n`, 'latin1'));
    await fileOf('again.txt', again.toString('latin1').replace('\u00e9', `${segment}:5`).replace(':x', ':60'));
    expect(await jsonOf(batch('upload', 'again.txt', '--wait', '--json'))).toMatchObject({ phase: 'completed', num_valid: 2 });
    expect(await held('23')).toEqual([segment]);
  });

  it('ends in error with a file that cannot be read', async () => {
    const broken = gzipSync(linesOf('9', 5000)).subarray(0, 4000);
    const { code, stdout } = await batch('upload', await fileOf('broken.gz', broken), '--wait');
    expect([code, stdout]).toEqual([11, expect.stringMatching(/^Job \w+ ended in error \(validating-error\): \S/)]);
  });

  it('does not wait where it is not told to; the job can be followed', async () => {
    const { code, stdout } = await batch('upload', await fileOf('later.txt', gzipSync(`31;${segment}:60\nx\n`)));
    expect(code).toBe(0);
    const jobId = /^Job (\w+) has the file/.exec(stdout)?.[1] ?? '';
    expect(stdout).toContain(`Follow it: npx foyer batch status ${jobId} --follow`);
    expect(await batch('status', jobId, '--follow')).toMatchObject({ code: 10 });
    const status = await batch('status', jobId);
    expect([status.code, status.stdout]).toEqual([0, expect.stringContaining(`Job ${jobId} has completed`)]);
  });

  it('does not send a file twice, whatever it is called, but with --again, or when it was written anew', async () => {
    const file = await fileOf('twice.txt', `41;${segment}:60\n`);
    const time = new Date('2026-01-01T00:00:00Z');
    await utimes(join(home, file), time, time);
    const first = await jsonOf(batch('upload', file, '--json'));
    await fileOf('renamed.txt', await readFile(join(home, file)));
    await utimes(join(home, 'renamed.txt'), time, time);
    const second = await batch('upload', 'renamed.txt', '--wait', '--json');
    expect(JSON.parse(second.stdout)).toMatchObject({ job_id: first.job_id, phase: 'completed' });
    expect(second.stderr).toContain(`this file was uploaded as job ${first.job_id}`);
    expect(second.code).toBe(0);
    const third = await batch('upload', file);
    expect([third.code, third.stdout]).toEqual([0, expect.stringContaining(`Job ${first.job_id} has completed`)]);
    const tried = await jsonOf(batch('upload', file, '--validate-only', '--wait', '--json'));
    expect(tried).toMatchObject({ validate_only: true, num_valid: 1 });
    const again = await jsonOf(batch('upload', file, '--again', '--json'));
    await fileOf(file, `41;${segment}:60\n`);
    const anew = await jsonOf(batch('upload', file, '--json'));
    expect(new Set([first, tried, again, anew].map((job) => job.job_id)).size).toBe(4);
  });

  it('reads stdin', async () => {
    const { code, stdout } = await as('provider', ['batch', 'upload', '-', '--wait', '--json'], `51;${segment}:60\n`);
    expect([code, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({ phase: 'completed', num_valid: 1 })]);
  });

  it('is sent again where the network breaks off, and loaded once', async () => {
    const network = await FaultyNetwork.start(url, { afterBytes: 500_000, kind: 'cut' });
    try {
      await as('travelling', ['login', '--server', network.url, '--username', 'provider', '--password-stdin'], password);
      const file = await fileOf('cut.txt', linesOf('6', 100_000));
      const ended = await foyer(['batch', 'upload', file, '--wait', '--json'], optionsOf('travelling'));
      expect(ended.code, ended.stderr).toBe(0);
      expect(JSON.parse(ended.stdout)).toMatchObject({ phase: 'completed', num_lines: 100_000, num_added: 100_000 });
      expect(await jobs()).toContainEqual(expect.objectContaining({ phase: 'error', error_code: 'uploading-error' }));
    } finally {
      network.stop();
    }
  });

  it('that was stopped before its end is uploaded by the same command', async () => {
    const network = await FaultyNetwork.start(url, { afterBytes: 500_000, kind: 'lost' });
    try {
      await as('stopped', ['login', '--server', network.url, '--username', 'provider', '--password-stdin'], password);
      const file = await fileOf('stopped.txt', linesOf('7', 100_000));
      const child = start(['batch', 'upload', file, '--wait'], optionsOf('stopped'));
      let said = '';
      child.stderr?.on('data', (piece: Buffer) => (said += piece.toString()));
      await network.met;
      child.kill('SIGINT');
      expect(await once(child, 'close')).toEqual([130, null]);
      expect(said).toContain('The same command again begins anew');
      const ended = await foyer(['batch', 'upload', file, '--wait', '--json'], optionsOf('stopped'));
      expect(ended.code, ended.stderr).toBe(0);
      expect(JSON.parse(ended.stdout)).toMatchObject({ phase: 'completed', num_added: 100_000 });
    } finally {
      network.stop();
    }
  });

  it('says what is wrong with a call, and with a file that is too long', async () => {
    await configure({ file_byte_limit: 1000 });
    const cases: [string[], number, RegExp][] = [
      [['upload', 'none.txt'], 1, /cannot read .*none\.txt: ENOENT/],
      [['upload', home], 2, /is a directory/],
      [['upload', ''], 2, /FILE is empty/],
      [['upload', 'good.txt', '--member', 'x'], 2, /--member is a number/],
      [['upload', 'good.txt', '--member', String(member + 1)], 5, /./],
      [
        ['upload', await fileOf('long.txt', linesOf('8', 1000))],
        1,
        /long\.txt is refused: Member exceeds maximum byte size.* \(FILESIZE_LIMIT_EXCEEDED\)/,
      ],
      [['upload', 'good.txt', '--server', 'http://127.0.0.1:9'], 5, /not logged in/],
      [['status', 'none'], 1, /no batch job/],
      [['status', 'none', '--follow'], 1, /no batch job/],
      [['rejects', 'none', '-o', 'none.tsv'], 1, /no batch job/],
    ];
    for (const [args, code, text] of cases) {
      const ended = await batch(...args);
      expect([args, ended.code, ended.stdout]).toEqual([args, code, '']);
      expect(ended.stderr).toMatch(text);
    }
    await expect(readFile(join(home, 'none.tsv'))).rejects.toThrow('ENOENT');
    await configure({ file_byte_limit: null });
  });
});

describe('jobs', () => {
  it('are listed, the newest first', async () => {
    const { stdout } = await batch('list', '--limit', '2');
    expect(stdout).toMatch(/^job_id +member_id +kind +phase/);
    const listed = await jobs();
    const ids = listed.map((job) => Number(job['id']));
    expect(ids).toEqual(ids.toSorted((a, b) => b - a));
    const errors = (await batch('list', '--phase', 'error', '--json')).stdout.split('\n').filter(Boolean);
    expect(errors).toHaveLength(listed.filter(({ phase }) => phase === 'error').length);
    expect((await as('admin', ['batch', 'list', '--member', String(member), '--kind', 'drop'])).stdout).toBe('no jobs\n');
  });

  it('are undone, once', async () => {
    const job = await jsonOf(batch('upload', await fileOf('undone.txt', `81;${segment}:60\n82;${segment}:60\n`), '--wait', '--json'));
    expect(await held('81')).toEqual([segment]);
    const { code, stdout } = await batch('undo', job.job_id, '--wait');
    expect([code, stdout]).toEqual([0, expect.stringContaining(`has taken back the job with id ${String(job['id'])}`)]);
    expect(stdout).toMatch(/^ {2}num_removed +2$/m);
    expect(await held('81')).toEqual([]);
    const again = await batch('undo', job.job_id);
    expect([again.code, again.stdout, again.stderr]).toEqual([1, '', expect.stringContaining('undone by the job')]);
  });

  it('are left alone by who stops waiting, and end where they are canceled', async () => {
    const asked = await jsonOf<{ response: { batch_segment_upload_job: Job } }>(as('provider', ['curl', '/batch-segment', '-X', 'POST']));
    const { job_id: jobId } = asked.response.batch_segment_upload_job;
    const child = start(['batch', 'status', jobId, '--follow'], optionsOf('provider'));
    let said = '';
    child.stderr?.on('data', (piece: Buffer) => (said += piece.toString()));
    await expect.poll(() => said).toContain('starting 0%');
    child.kill('SIGINT');
    expect(await once(child, 'close')).toEqual([130, null]);
    expect(said).toContain(`the job goes on; follow it with npx foyer batch status ${jobId} --follow`);
    const canceled = await batch('cancel', jobId);
    expect([canceled.code, canceled.stdout]).toEqual([0, `Job ${jobId} is canceled.\n`]);
    expect(await batch('status', jobId, '--follow')).toMatchObject({ code: 11, stdout: expect.stringContaining('canceled') });
    expect((await batch('cancel', jobId)).code).toBe(1);
  });
});
