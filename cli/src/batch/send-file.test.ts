import { FoyerClient } from '@foyer/sdk/client.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { accepted, BatchServer, cutOff, refusal, type UploadReaction } from './batch-server.fixture.ts';
import { FileSender, type Sending } from './send-file.ts';

const servers: BatchServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.stop();
});

async function playing(...reactions: UploadReaction[]): Promise<BatchServer> {
  const server = await BatchServer.start(...reactions);
  servers.push(server);
  return server;
}

interface Run {
  readonly repeatable?: boolean;
  readonly signal?: AbortSignal;
  readonly said?: string[];
}

function send({ url }: { url: string }, { repeatable = true, signal, said = [] }: Run = {}): Promise<Sending> {
  const client = new FoyerClient({ baseUrl: url, token: 't', backoffMs: 1 });
  const sent = { member: null, validateOnly: false, key: 'k', file: new Blob(['12345']), repeatable };
  const say = (line: string): unknown => said.push(line);
  const stop = signal ?? new AbortController().signal;
  return new FileSender(client, sent, { signal: stop, onSent: () => undefined, say, firstWaitMs: 1 }).send();
}
const keysOf = (server: BatchServer): string[] => server.jobs.map((job) => job.key);

describe('a file that is sent for the first time', () => {
  it('goes to the job that its key asks for', async () => {
    const server = await playing(accepted);
    expect(await send(server)).toMatchObject({ sentNow: true, job: { job_id: '0', phase: 'validating' } });
    expect([keysOf(server), server.uploads]).toEqual([['k-0'], [5]]);
  });

  it.each([
    ['a connection that breaks', cutOff],
    ['a server that is unwell', refusal(500, 'X')],
    ['a server that says when to come back', refusal(503, 'FULL', { 'retry-after': '0' })],
    ['a URL that was replaced by a newer one', refusal(404, 'INVALID_UPLOAD_URL')],
  ])('is sent again, whole and to a new job, after %s', async (_name, reaction) => {
    const server = await playing(reaction, reaction, accepted);
    const said: string[] = [];
    expect(await send(server, { said })).toMatchObject({ sentNow: true, job: { job_id: '2' } });
    expect([keysOf(server), server.uploads]).toEqual([
      ['k-0', 'k-1', 'k-2'],
      [5, 5, 5],
    ]);
    expect(said).toHaveLength(2);
    expect(said[1]).toMatch(/sent again from its start in 1 s \(2 of 5\)/);
  });

  it('is not sent twice where only the answer was lost', async () => {
    const server = await playing({ cut: true, leaves: 'processing' });
    expect(await send(server)).toMatchObject({ sentNow: true, job: { job_id: '0', phase: 'processing' } });
    expect(server.uploads).toEqual([5]);
  });

  it('is given up after five repeats', async () => {
    const server = await playing(cutOff);
    await expect(send(server)).rejects.toMatchObject({ name: 'NoAnswerError' });
    expect(server.uploads).toHaveLength(6);
  });

  it.each([
    [413, 'FILESIZE_LIMIT_EXCEEDED'],
    [415, 'INVALID_CONTENT_TYPE'],
    [429, 'RATE_LIMIT_EXCEEDED'],
  ])('is not sent again where it is refused: %i', async (status, code) => {
    const server = await playing(refusal(status, code));
    await expect(send(server)).rejects.toMatchObject({ status, errorCode: code });
    expect(server.uploads).toHaveLength(1);
  });

  it('is not sent again where it cannot be read twice', async () => {
    const server = await playing(cutOff);
    await expect(send(server, { repeatable: false })).rejects.toMatchObject({ name: 'NoAnswerError' });
    expect(server.uploads).toHaveLength(1);
  });

  it('is not waited for where no server was ever there', async () => {
    const server = await playing(accepted);
    server.stop();
    const said: string[] = [];
    await expect(send(server, { said })).rejects.toMatchObject({ name: 'NoAnswerError' });
    expect(said).toEqual([]);
  });
});

describe('a file of an earlier run', () => {
  it.each(['validating', 'processing', 'completed', 'error'])('is there already where its job is %s', async (phase) => {
    const server = await playing(accepted);
    server.jobs.push({ key: 'k-0', phase, error_code: phase === 'error' ? 'processing-error' : null });
    expect(await send(server)).toMatchObject({ sentNow: false, job: { job_id: '0', phase } });
    expect(server.uploads).toEqual([]);
  });

  it('is sent to the job that still waits for it', async () => {
    const server = await playing(accepted);
    server.jobs.push({ key: 'k-0', phase: 'starting', error_code: null });
    expect(await send(server)).toMatchObject({ sentNow: true, job: { job_id: '0' } });
  });

  it('is sent to a new job where its uploads failed', async () => {
    const server = await playing(accepted);
    for (const key of ['k-0', 'k-1']) server.jobs.push({ key, phase: 'error', error_code: 'uploading-error' });
    expect(await send(server)).toMatchObject({ sentNow: true, job: { job_id: '2' } });
  });

  it('is waited for while it still comes in, and sent again where that fails', async () => {
    const server = await playing(accepted);
    const first = { key: 'k-0', phase: 'uploading', error_code: null as string | null };
    server.jobs.push(first);
    const said: string[] = [];
    const sending = send(server, { said });
    await expect.poll(() => said).toHaveLength(1);
    Object.assign(first, { phase: 'error', error_code: 'uploading-error' });
    expect(await sending).toMatchObject({ sentNow: true, job: { job_id: '1' } });
    expect(said[0]).toMatch(/Job 0 gets its file already/);
  });
});

it('a stop ends it with its own reason, in a wait too', async () => {
  const server = await playing(refusal(503, 'FULL', { 'retry-after': '600' }));
  const stop = new AbortController();
  const said: string[] = [];
  const sending = send(server, { signal: stop.signal, said });
  await expect.poll(() => said).toHaveLength(1);
  stop.abort(new Error('enough'));
  await expect(sending).rejects.toThrow('enough');
});
