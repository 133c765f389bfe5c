import { FoyerClient } from '@foyer/sdk/client.ts';
import { afterEach, expect, it } from 'vitest';
import { BatchServer } from './batch-server.fixture.ts';
import { isPassing, waitForJob } from './wait-for-job.ts';

let server: BatchServer;
afterEach(() => server.stop());

const event = (phase: string): string => `event: job\ndata: ${JSON.stringify({ job_id: '0', phase })}\n\n`;

async function waiting(events: BatchServer['events'], signal = new AbortController().signal) {
  server = await BatchServer.start();
  server.jobs.push({ key: 'k', phase: 'processing', error_code: null });
  server.events = events;
  const client = new FoyerClient({ baseUrl: server.url, token: 't', backoffMs: 1 });
  const met: string[] = [];
  const onJob = ({ phase }: { phase: string }): unknown => met.push(phase);
  return { met, end: waitForJob(client, '0', { signal, onJob, until: ({ phase }) => phase === 'completed' }) };
}

it('follows the events to what is waited for', async () => {
  const { met, end } = await waiting((answer) => answer.end(`${event('validating')}${event('completed')}`));
  expect(await end).toMatchObject({ phase: 'completed' });
  expect(met).toEqual(['validating', 'completed']);
});

it.each<[string, BatchServer['events']]>([
  ['cannot be had', (answer) => answer.writeHead(502).end()],
  ['end early', (answer) => answer.end(event('validating'))],
  ['break off', (answer) => answer.write(event('validating'), () => setTimeout(() => answer.destroy(), 50))],
])('asks for the job where the events %s', async (_name, events) => {
  const { met, end } = await waiting(events);
  await expect.poll(() => met).toContain('processing');
  Object.assign(server.jobs[0] ?? {}, { phase: 'completed' });
  expect(await end).toMatchObject({ phase: 'completed' });
});

it('ends with the signal', async () => {
  const stop = new AbortController();
  const { met, end } = await waiting((answer) => answer.write(event('validating')), stop.signal);
  await expect.poll(() => met).toHaveLength(1);
  stop.abort(new Error('enough'));
  await expect(end).rejects.toThrow('enough');
});

it('does not wait for what is refused', async () => {
  const { end } = await waiting((answer) => answer.writeHead(404).end('{"response":{"status":"error","error_id":"SYNTAX"}}'));
  const error: unknown = await end.catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ status: 404 });
  expect(isPassing(error)).toBe(false);
});
