import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { members, type PlatformServer, StandingClock, startPlatform } from '../../../../test/platform-server.ts';
import { temporaryFolder } from '../../../../test/running-server.ts';
import type { ShownJob } from '../../../../test/batch-client.ts';
import { insertDropJob } from '../store/drop-job-store.ts';
import { dropKey } from './submitted-file.ts';

const scanS = 300;
vi.setConfig({ testTimeout: 120_000 });
const member = String(members.provider);
const context = { operation: 'test', requestId: null, accountId: null, username: null, accountMemberId: null };
const folder = temporaryFolder('drop-folders');
const root = join(folder.path, 'drop');
let platform: PlatformServer;
let segment = 0;
beforeAll(async () => {
  mkdirSync(join(root, member, 'submitted'), { recursive: true });
  // A day behind the file system, whose own times of change must not count here.
  platform = await startPlatform({ settings: { drop: root, dropScanS: scanS }, clock: new StandingClock(Date.now() - 86_400_000) });
  segment = Number((await platform.call('POST /segment', { json: { segment: {} } })).at('id'));
});
afterAll(async () => {
  await platform.stop();
  folder.remove();
});

afterEach(() => {
  for (const name of names('submitted')) rmSync(at('submitted', name), { recursive: true });
});

const at = (...parts: string[]): string => join(root, member, ...parts);
/** A file of the senders, complete, last changed so long ago. */
function drop(name: string, content: string | Uint8Array, agoMs = 120_000): { readonly name: string; readonly version: string } {
  const path = at('submitted', name);
  writeFileSync(path, content);
  const modifiedMs = platform.clock.nowMs() - agoMs;
  utimesSync(path, modifiedMs / 1000, modifiedMs / 1000);
  return { name, version: `${modifiedMs}-${content.length}` };
}
const names = (kind: string): string[] => {
  try {
    return readdirSync(at(kind)).sort();
  } catch {
    return [];
  }
};
const jobsOf = async (name: string): Promise<ShownJob[]> =>
  (await platform.call(`GET /batch-segment?file_name=${encodeURIComponent(name)}&kind=drop`)).at('batch_segment_upload_job') as ShownJob[];
/** Exactly one job has had the file. */
async function jobOf(name: string): Promise<ShownJob> {
  const [job, ...others] = await jobsOf(name);
  if (job === undefined || others.length > 0) throw new Error(`${name} has ${others.length + (job ? 1 : 0)} jobs`);
  return job;
}
const scans = async (): Promise<{ id: number; state: string; error: string | null }[]> =>
  platform.server.catalog.read
    .selectFrom('task')
    .select(['id', 'state', 'error'])
    .where('kind', '=', 'scan-drop-folder')
    .orderBy('id')
    .execute();
/** The time of the next scan has come, and the server looks at the clock. */
async function nextPeriod(): Promise<void> {
  platform.clock.forward(scanS * 1000);
  await platform.server.catalog.change(context, async (change) => change.touch('task', 0));
}
/** Has the last scan ended, or does it wait for its next attempt? */
const lastScan = async (): Promise<{ id: number; rests: boolean }> => {
  const { id = 0, state, error = null } = (await scans()).at(-1) ?? {};
  return { id, rests: state === 'done' || state === 'failed' || (state === 'waiting' && error !== null) };
};
/** The next scan, from its begin to its end. */
async function scanned(): Promise<void> {
  await expect.poll(async () => (await lastScan()).rests).toBe(true);
  const { id } = await lastScan();
  await nextPeriod();
  await expect.poll(async () => ((await lastScan()).id > id ? (await lastScan()).rests : false)).toBe(true);
}
/** Scans until the file of that name has gone from submitted. */
async function finished(name: string): Promise<ShownJob> {
  await scanned();
  await expect.poll(() => names('submitted')).not.toContain(name);
  return jobOf(name);
}
const line = (user: number): string => `${user};${segment}:60\n`;
const configure = (config: object): Promise<unknown> =>
  platform.call(`PUT /batch-segment-config?member_id=${members.provider}`, { as: 'admin', json: { batch_segment_upload_config: config } });
const keyOf = async (id: number) =>
  (await platform.server.catalog.read.selectFrom('batch_segment_job').select('idempotency_key').where('id', '=', id).executeTakeFirst())
    ?.idempotency_key;
/** Lets a job that has ended hold this file, as before the end of its move. */
const setKey = async (job: ShownJob, key: string): Promise<void> => {
  const id = Number(job.id);
  await expect.poll(() => keyOf(id)).toBe(null);
  await platform.server.catalog.read.updateTable('batch_segment_job').set({ idempotency_key: key }).where('id', '=', id).execute();
};

describe('a drop folder', () => {
  it('loads what was dropped, shows the job, and moves the file to done under its job', async () => {
    drop('audience.txt', line(501));
    drop('audience.gz', gzipSync(line(502)));
    await finished('audience.gz');
    await expect.poll(() => names('submitted')).toEqual([]);
    for (const name of ['audience.txt', 'audience.gz']) {
      const job = await jobOf(name);
      expect(job).toMatchObject({
        kind: 'drop',
        file_name: name,
        phase: 'completed',
        num_valid: 1,
        percent_complete: 100,
        member_id: members.provider,
      });
      expect(names('done')).toContain(`${name}-${job.job_id}`);
    }
    for (const user of [501, 502])
      expect((await platform.call(`GET /user-segments?uid=${user}`)).at('memberships.0')).toMatchObject({
        segment_id: segment,
        source: 'batch',
      });
  });
  it('lets names that are not final, and what changed within the last minute, wait', async () => {
    for (const name of ['.hidden', 'a.part', 'b.tmp', 'C.PART']) drop(name, line(1));
    drop('fresh', line(503), -(scanS * 1000 - 30_000));
    await scanned();
    expect(names('submitted')).toEqual(['.hidden', 'C.PART', 'a.part', 'b.tmp', 'fresh']);
    expect((await finished('fresh')).phase).toBe('completed');
    for (const name of ['.hidden', 'a.part', 'b.tmp', 'C.PART']) expect(await jobsOf(name)).toEqual([]);
  });
  it('ignores links, folders and folders of nobody, and goes on', async () => {
    symlinkSync('/etc/hostname', at('submitted', 'link'));
    mkdirSync(at('submitted', 'folder'));
    for (const other of ['999999', 'x10', `0${member}`]) {
      mkdirSync(join(root, other, 'submitted'), { recursive: true });
      writeFileSync(join(root, other, 'submitted', 'file'), line(1));
      utimesSync(join(root, other, 'submitted', 'file'), 0, 0);
    }
    drop('beside', line(504));
    expect((await finished('beside')).phase).toBe('completed');
    expect(names('submitted')).toEqual(['folder', 'link']);
    expect(await jobsOf('file')).toEqual([]);
  });
  it.each([
    { limit: 'file_byte_limit', text: 'Member exceeds maximum byte size allowed for a file' },
    { limit: 'daily_byte_limit', text: 'Member exceeds maximum allowed bytes per day' },
    { limit: 'hourly_num_lines_limit', text: 'Member exceeds maximum allowed number of lines per hour' },
  ])('over $limit: the job has failed, and the file is in failed', async ({ limit, text }) => {
    await configure({ [limit]: 2 });
    try {
      drop(limit, line(1) + line(2) + line(3));
      const job = await finished(limit);
      expect(job).toMatchObject({ phase: 'error', error_code: 'uploading-error', error: text, uploaded_time: null });
      expect(names('failed')).toContain(`${limit}-${job.job_id}`);
    } finally {
      await configure({ [limit]: null });
    }
    // The sender tries again later, with the file as it is.
    drop(limit, line(505));
    await scanned();
    await expect.poll(async () => (await jobsOf(limit)).map(({ phase }) => phase)).toEqual(['error', 'completed']);
  });
  it('moves what cannot be read as a file of memberships to failed', async () => {
    drop('packed.zip', Buffer.from('504b0304aaaaaaaa', 'hex'));
    const job = await finished('packed.zip');
    expect(job).toMatchObject({ phase: 'error', error_code: 'validating-error' });
    expect(names('failed')).toContain(`packed.zip-${job.job_id}`);
  });
  it('loads the newest of what stands under a name, each once, and older files first', async () => {
    drop('second', `9001;${segment}:10\n`, 100_000);
    drop('first', `9001;${segment}:20\n`, 200_000);
    await finished('second');
    const [first, second] = [await jobOf('first'), await jobOf('second')];
    expect(Number(first.id)).toBeLessThan(Number(second.id));
    expect((await platform.call('GET /user-segments?uid=9001')).at('memberships.0.lifetime_minutes')).toBe(10);
  });
  it('can have the same file dropped again when it has been moved away', async () => {
    const modifiedMs = platform.clock.nowMs() - 3_600_000;
    for (let times = 1; times <= 2; times++) {
      drop('again', line(506));
      utimesSync(at('submitted', 'again'), modifiedMs / 1000, modifiedMs / 1000);
      await scanned();
      await expect.poll(() => names('submitted')).toEqual([]);
      expect((await jobsOf('again')).map(({ phase }) => phase)).toEqual(Array(times).fill('completed'));
    }
  });
});

describe('after a crash', () => {
  const inserted = (file: { name: string; version: string }) =>
    platform.server.catalog.change(context, (change) =>
      insertDropJob(change, { jobId: `crash${file.name}`, memberId: members.provider, fileName: file.name, key: dropKey(file) }),
    );

  it('while a file was read: its job goes on with it', async () => {
    const job = await inserted(drop('cut', line(507)));
    const after = await finished('cut');
    expect(after).toMatchObject({ id: job.id, phase: 'completed', num_valid: 1 });
    expect(names('done')).toContain(`cut-${job.job_id}`);
  });
  it('while a file was read that was replaced then: its job goes on with the newer one', async () => {
    const job = await inserted({ ...drop('renewed', 'old'), version: '1-3' });
    drop('renewed', line(508));
    expect(await finished('renewed')).toMatchObject({ id: job.id, phase: 'completed', num_valid: 1 });
  });
  it('while a file was read that was taken away then: its job has failed', async () => {
    const job = await inserted({ name: 'withdrawn', version: '1-3' });
    await scanned();
    expect(await jobOf('withdrawn')).toMatchObject({ id: job.id, phase: 'error', error_code: 'uploading-error' });
    drop('withdrawn', line(509));
    await scanned();
    await expect.poll(async () => (await jobsOf('withdrawn')).map(({ phase }) => phase)).toEqual(['error', 'completed']);
  });
  it('between the end of a job and the move of its file: the file is moved, and not loaded again', async () => {
    const file = drop('late', line(510));
    const job = await finished('late');
    // As it was before the move.
    rmSync(at('done', `late-${job.job_id}`));
    await setKey(job, dropKey(file));
    writeFileSync(at('submitted', 'late'), line(510));
    const [modified = ''] = file.version.split('-');
    utimesSync(at('submitted', 'late'), Number(modified) / 1000, Number(modified) / 1000);
    expect(await finished('late')).toMatchObject({ id: job.id });
    expect(names('done')).toContain(`late-${job.job_id}`);
  });
  it('between the move of a file and what the catalog knows of it: the same name can be used again', async () => {
    const file = drop('moved', line(511));
    const job = await finished('moved');
    await setKey(job, dropKey(file));
    drop('moved', `${line(512)}${line(513)}`);
    await scanned();
    await expect
      .poll(async () => (await jobsOf('moved')).map((each) => [each.phase, each.num_valid]))
      .toEqual([
        ['completed', 1],
        ['completed', 2],
      ]);
    expect(readFileSync(at('done', `moved-${job.job_id}`), 'utf8')).toBe(line(511));
  });
});

describe('a file that is replaced while its job runs', () => {
  it('is loaded in both versions, each is kept under its own job, and nothing is lost', async () => {
    const older = drop('list', line(514));
    const job = await finished('list');
    // As if the newer one had come before the older one's move.
    rmSync(at('done', `list-${job.job_id}`));
    await setKey(job, dropKey(older));
    drop('list', `${line(515)}${line(516)}`);
    await scanned();
    await expect.poll(async () => (await jobsOf('list')).map(({ phase }) => phase)).toEqual(['completed', 'completed']);
    await expect.poll(() => names('submitted')).toEqual([]);
    const [first, second] = await jobsOf('list');
    expect(readFileSync(at('done', `list-${first?.job_id}`), 'utf8')).toBe(line(514));
    expect(readFileSync(at('done', `list-${second?.job_id}`), 'utf8')).toBe(line(515) + line(516));
  });
});

describe('what goes wrong', () => {
  it('a file that cannot be moved stays, is not loaded again, and is moved when it can be', async () => {
    const done = at('done');
    rmSync(done, { recursive: true, force: true });
    writeFileSync(done, 'in the way');
    drop('stuck', line(517));
    drop('other.zip', Buffer.from('504b0304aaaaaaaa', 'hex'));
    await scanned();
    await expect.poll(async () => (await jobOf('stuck')).phase).toBe('completed');
    await expect.poll(() => names('submitted')).toEqual(['stuck']);
    await nextPeriod();
    await expect.poll(async () => (await scans()).at(-1)?.error).toMatch(new RegExp(`${member} \\(.*done is no folder`));
    rmSync(done);
    const job = await finished('stuck');
    expect(names('done')).toEqual([`stuck-${job.job_id}`]);
  });
  it('a place that is not there is said in the task, and looked at again', async () => {
    await scanned();
    rmSync(root, { recursive: true });
    await nextPeriod();
    await expect
      .poll(async () => (await scans()).at(-1)?.error)
      .toBe(`${root} cannot be read: ENOENT: no such file or directory, scandir '${root}'`);
    mkdirSync(at('submitted'), { recursive: true });
    drop('back', line(518));
    expect((await finished('back')).phase).toBe('completed');
  });
});
