import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf, JobWorld } from '../../../../test/exchange-jobs.ts';
import { type PlatformServer, startPlatform } from '../../../../test/platform-server.ts';

const csv = 'email\nana@example.com\n';

let platform: PlatformServer;
let world: JobWorld;
beforeAll(async () => {
  platform = await startPlatform();
  world = await JobWorld.of(platform);
});
afterAll(() => platform.stop());

interface JobEvent {
  readonly id: number;
  readonly data: { readonly jobId: number; readonly status: string; readonly state: string };
}

/** Named events of a stream; comments are left out. */
const eventsOf = (text: string): JobEvent[] =>
  text.split('\n\n').flatMap((part) => {
    const found = /^event: job\nid: (\d+)\ndata: (.*)$/.exec(part);
    return found ? [{ id: Number(found[1]), data: JSON.parse(found[2] ?? '') as JobEvent['data'] }] : [];
  });
const follow = (job: number, headers: Readonly<Record<string, string>> = {}) => world.call(`GET /v1/share-jobs/${job}/events`, { headers });
const steps = ['CREATED', 'WAITING_TO_RECIEVE_DATA', 'RECEIVING_DATA', 'READY_FOR_DOWNLOAD', 'COMPLETE'];

describe('200', () => {
  it('from the beginning to the end, while the job runs', async () => {
    const job = await world.waiting();
    const sent = request(`${platform.url}/v1/share-jobs/${job}/events`, { headers: { authorization: platform.tokens.provider } });
    sent.end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    expect(response.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    let text = '';
    response.on('data', (piece: Buffer) => (text += piece.toString()));
    await expect.poll(() => eventsOf(text).length).toBe(2);
    await world.upload(job, csv);
    await world.reaches(job, 'READY_FOR_DOWNLOAD');
    await expect.poll(() => eventsOf(text).at(-1)?.data.status).toBe('READY_FOR_DOWNLOAD');
    const ended = once(response, 'end');
    await world.report(job, { status: 'COMPLETE' });
    await ended;
    const events = eventsOf(text);
    expect(events.map(({ data }) => data.status)).toEqual(steps);
    expect(events.map(({ id }) => id)).toEqual(steps.map((_, at) => at + 1));
    expect(events.at(-1)?.data).toEqual({
      jobId: job,
      status: 'COMPLETE',
      state: 'Complete',
      rowsReceived: 1,
      rowsSent: 1,
      rowsRejected: 0,
      at: '2026-01-15T12:00:00Z',
    });
  });

  it('of a job that has ended: all, or what follows Last-Event-ID; it closes', async () => {
    const job = await world.uploaded(csv);
    await world.report(job, { status: 'COMPLETE' });
    const statuses = async (last?: string) =>
      eventsOf((await follow(job, last === undefined ? {} : { 'last-event-id': last })).text).map(({ data }) => data.status);
    expect(await statuses()).toEqual(steps);
    expect(await statuses('3')).toEqual(steps.slice(3));
    expect(await statuses('5')).toEqual([]);
    expect(await statuses('99')).toEqual([]);
    expect(await statuses('never')).toEqual(steps);
  });

  it('a viewer follows; the timeline says the same', async () => {
    const job = await world.waiting();
    await world.cancel(job);
    const { text } = await world.call(`GET /v1/share-jobs/${job}/events`, { as: 'viewer' });
    const told = eventsOf(text).map(({ data: { status, state } }) => ({ status, state }));
    expect((await world.job(job))['timeline']).toMatchObject(told);
    expect(told.at(-1)).toEqual({ status: 'CANCELED', state: 'Canceled' });
  });
});

describe('404', () => {
  it('another member’s job, nobody’s, no number', async () => {
    const job = await world.waiting();
    expect(codeOf(await world.call(`GET /v1/share-jobs/${job}/events`, { as: 'stranger' }))).toEqual([404, 'NOT_FOUND']);
    expect(codeOf(await follow(999_999))).toEqual([404, 'NOT_FOUND']);
    expect(codeOf(await world.call('GET /v1/share-jobs/x/events'))).toEqual([404, 'NOT_FOUND']);
  });
});
