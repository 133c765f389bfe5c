import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StandingClock } from '../../../test/platform-server.ts';
import { temporaryCatalog, type TemporaryCatalog } from '../../../test/temporary-catalog.ts';
import { TaskFault, type TaskControl, type TaskHandler } from '../../background/background-task.ts';
import { TaskRunner, type TaskRunnerOptions } from '../../background/task-runner.ts';
import type { ChangeContext } from '../../storage/sql/catalog-change.ts';
import { addTask } from '../add-task.ts';
import { CatalogTaskQueue } from './task-queue.ts';
import { moveTask, purgeTasks, readTask } from './task-table.ts';

const context: ChangeContext = { operation: 'test', requestId: null, accountId: null, username: null, accountMemberId: null };
const kinds = ['sweep-segment'];
const leaseMs = 30_000;

let clock: StandingClock;
let held: TemporaryCatalog;
let queue: CatalogTaskQueue;
let runners: TaskRunner[];
beforeEach(async () => {
  clock = new StandingClock();
  held = await temporaryCatalog(clock);
  queue = new CatalogTaskQueue(held.catalog, clock);
  runners = [];
});
afterEach(async () => {
  await Promise.all(runners.map((runner) => runner.stop()));
  await held.remove();
});

const add = (subjectId = 5): Promise<number> =>
  held.catalog.change(context, (change) =>
    addTask(change, { kind: 'sweep-segment', memberId: 10, subject: { type: 'segment', id: subjectId } }),
  );
const taskOf = (id: number) => readTask(held.catalog.read, id);
const claim = (owner: string, except: readonly number[] = []) => queue.claim(owner, kinds, leaseMs, except);

function runner(run: TaskHandler['run'], more: Partial<TaskRunnerOptions> = {}): { runner: TaskRunner; failures: unknown[] } {
  const failures: unknown[] = [];
  const made = new TaskRunner({
    queue: new CatalogTaskQueue(held.catalog, clock),
    handlers: new Map([['sweep-segment', { mostAttempts: 3, run }]]),
    schedules: [],
    clock,
    concurrency: 2,
    pollMs: 10,
    random: () => 0,
    onFailure: (error) => failures.push(error),
    ...more,
  });
  runners.push(made);
  made.start();
  return { runner: made, failures };
}

/** A handler that stays until it is told to end. */
function staying() {
  const begun = Promise.withResolvers<TaskControl>();
  const run: TaskHandler['run'] = (_task, control) =>
    new Promise((_resolve, reject) => {
      control.signal.addEventListener('abort', () => reject(new Error('told to end')));
      begun.resolve(control);
    });
  return { run, begun: begun.promise };
}

describe('a task', () => {
  it('is not there where its cause was not committed', async () => {
    const failed = held.catalog.change(context, async (change) => {
      await addTask(change, { kind: 'sweep-segment', memberId: null, subject: null });
      throw new Error('undone');
    });
    await expect(failed).rejects.toThrow('undone');
    expect(await claim('a')).toBeUndefined();
  });
  it('is claimed by one only, the one that is due longest first', async () => {
    const first = await add(1);
    clock.forward(1);
    const second = await add(2);
    expect(await claim('a')).toEqual({ id: first, kind: 'sweep-segment', subjectId: 1, attempts: 1 });
    expect((await claim('b'))?.id).toBe(second);
    expect(await claim('c')).toBeUndefined();
  });
  it('belongs to the next one when its lease has run out, and its first runner can end nothing any more', async () => {
    const id = await add();
    await claim('dead');
    clock.forward(leaseMs - 1);
    expect(await claim('next')).toBeUndefined();
    expect(await queue.heartbeat(id, 'dead', leaseMs, 40)).toBe('held');
    clock.forward(leaseMs);
    expect(await claim('next', [id])).toBeUndefined();
    expect(await claim('next')).toMatchObject({ id, attempts: 2 });
    expect(await queue.heartbeat(id, 'dead', leaseMs, 50)).toBe('lost');
    await queue.end(id, 'dead', { state: 'done' });
    expect(await taskOf(id)).toMatchObject({ state: 'running', lease_owner: 'next', progress: 40 });
  });
  it('of another kind is left alone', async () => {
    await add();
    expect(await queue.claim('a', ['run-share'], leaseMs, [])).toBeUndefined();
  });
});

describe('runners', () => {
  it('do each of 100 tasks once, with several at work', async () => {
    const ids = await Promise.all(Array.from({ length: 100 }, (_, i) => add(i + 1)));
    const done: number[] = [];
    for (let i = 0; i < 3; i++) runner(async ({ id }) => void done.push(id));
    await expect.poll(() => done.length).toBe(100);
    expect(done.toSorted((a, b) => a - b)).toEqual(ids.toSorted((a, b) => a - b));
    await expect.poll(async () => (await taskOf(ids[99] ?? 0))?.state).toBe('done');
  });
  it('try again later and later what fails, then give up, and tell only what is meant for members', async () => {
    const id = await add();
    const faults = [new Error('/secret/path'), new TaskFault('the disk is full'), new TaskFault('still full')];
    const { failures } = runner(async ({ attempts }) => {
      throw faults[attempts - 1] ?? new Error('too often');
    });
    await expect
      .poll(() => taskOf(id))
      .toMatchObject({ state: 'waiting', attempts: 1, error: 'an internal error; the log has it under this task' });
    expect((await taskOf(id))?.next_attempt_on).toBe(clock.nowMs() + 1000);
    clock.forward(1000);
    await expect.poll(() => taskOf(id)).toMatchObject({ state: 'waiting', attempts: 2, error: 'the disk is full' });
    clock.forward(1999);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await taskOf(id)).toMatchObject({ state: 'waiting', attempts: 2 });
    clock.forward(1);
    await expect.poll(() => taskOf(id)).toMatchObject({ state: 'failed', attempts: 3, error: 'still full', finished_on: clock.nowMs() });
    expect(failures).toEqual(faults);
  });
  it('give up a task under which the server died too often', async () => {
    const id = await add();
    for (let attempt = 1; attempt <= 3; attempt++) {
      await claim('dies');
      clock.forward(leaseMs);
    }
    runner(() => Promise.reject(new Error('not to be run')));
    await expect.poll(() => taskOf(id)).toMatchObject({ state: 'failed', attempts: 4 });
  });
  it('tell a canceled task at once, and note where it stopped', async () => {
    const id = await add();
    const { run, begun } = staying();
    const one = runner(run);
    const control = await begun;
    control.progress(37.9);
    const before = await taskOf(id);
    if (!before) throw new Error('the task is gone');
    await held.catalog.change(context, (change) => moveTask(change, before, 'canceled', 1));
    one.runner.canceled(id);
    await expect.poll(() => taskOf(id)).toMatchObject({ state: 'canceled', error: 'canceled at 37%', lease_owner: null });
    expect(one.failures).toEqual([]);
  });
  it('hear with a heartbeat of a task that was canceled elsewhere', async () => {
    const id = await add();
    const { run, begun } = staying();
    runner(run, { leaseMs: 60 });
    const control = await begun;
    const before = await taskOf(id);
    if (!before) throw new Error('the task is gone');
    await held.catalog.change(context, (change) => moveTask(change, before, 'canceled', 1));
    await expect.poll(() => control.signal.reason).toBe('canceled');
    await expect.poll(() => taskOf(id)).toMatchObject({ state: 'canceled', error: 'canceled while it ran' });
  });
  it('leave what they have to the next start when they stop, and do not count the attempt', async () => {
    const id = await add();
    const { run, begun } = staying();
    const { runner: stopping, failures } = runner(run);
    await begun;
    await stopping.stop();
    expect(await taskOf(id)).toMatchObject({ state: 'waiting', attempts: 0, error: null, lease_owner: null });
    expect(failures).toEqual([]);
    runner(async () => {});
    await expect.poll(() => taskOf(id)).toMatchObject({ state: 'done', progress: 100, attempts: 1 });
  });
  it('add a scheduled task once in each period, whatever their number', async () => {
    const run: string[] = [];
    const schedules = [{ kind: 'expire-records', everyMs: 3600_000 }];
    const handlers = new Map([['expire-records', { mostAttempts: 1, run: async () => void run.push('run') }]]);
    for (let i = 0; i < 3; i++) runner(async () => {}, { schedules, handlers });
    await expect.poll(() => run.length).toBe(1);
    clock.forward(3600_000);
    await expect.poll(() => run.length).toBe(2);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(run.length).toBe(2);
    const rows = await held.catalog.read.selectFrom('task').select(['kind', 'member_id', 'state']).orderBy('id').execute();
    expect(rows).toHaveLength(2);
  });
});

it('done tasks stay 7 days, failed and canceled ones 30', async () => {
  const [done, failed, waiting] = [await add(), await add(), await add()];
  for (const [id, state] of [
    [done, 'done'],
    [failed, 'failed'],
  ] as const) {
    await claim('a');
    await queue.end(id, 'a', state === 'done' ? { state } : { state, error: 'no' });
  }
  const left = async () => (await held.catalog.read.selectFrom('task').select('id').orderBy('id').execute()).map(({ id }) => id);
  const day = 24 * 3600_000;
  await purgeTasks(held.catalog.read, clock.nowMs() + 7 * day);
  expect(await left()).toEqual([done, failed, waiting]);
  await purgeTasks(held.catalog.read, clock.nowMs() + 7 * day + 1);
  expect(await left()).toEqual([failed, waiting]);
  await purgeTasks(held.catalog.read, clock.nowMs() + 30 * day + 1);
  expect(await left()).toEqual([waiting]);
});
