/** The load generator: a process of its own, so that its work is not the server's or the table's. Talks by IPC (generator-messages.ts). */
import type { Buffer } from 'node:buffer';
import { seededRandom } from '../data/audience.ts';
import type { Answered } from './answer-reader.ts';
import { runClosedLoop } from './closed-loop.ts';
import { Connection } from './connection.ts';
import type { GeneratorAnswer, GeneratorQuestion } from './generator-messages.ts';
import { instantRequest, prepareRequests } from './requests.ts';

const usersPerLoadCall = 1000;
const loadConnections = 4;

/** Prepared requests by name, and how many of them were sent: a run goes on where the last one ended. */
const prepared = new Map<string, { readonly requests: readonly Buffer[]; sent: number }>();

function sender(name: string): () => Buffer {
  const set = prepared.get(name);
  if (!set) throw new Error(`no requests are prepared as ${name}`);
  const { requests } = set;
  return () => {
    const request = requests[set.sent++ % requests.length];
    if (!request) throw new Error('an empty set of requests');
    return request;
  };
}

async function answer(question: GeneratorQuestion): Promise<GeneratorAnswer> {
  switch (question.ask) {
    case 'prepare': {
      const requests = prepareRequests(question.preparation);
      prepared.set(question.preparation.name, { requests, sent: 0 });
      return { is: 'prepared', requests: requests.length, bytes: requests.reduce((sum, request) => sum + request.length, 0) };
    }
    case 'load':
      return { is: 'loaded', calls: await load(question) };
    case 'run':
      return { is: 'ran', result: await runClosedLoop({ ...question.run, next: sender(question.run.requests) }) };
  }
}

/** Puts every user into so many segments, through the instant service. */
async function load({ port, users, segmentsPerUser, token }: GeneratorQuestion & { readonly ask: 'load' }): Promise<number> {
  const random = seededRandom(1);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const connections: Connection[] = [];
  let next = 0;
  let open = 0;
  let calls = 0;
  const sendTo = (at: number): void => {
    if (next >= users) return;
    const count = Math.min(usersPerLoadCall, users - next);
    const chosen = Array.from({ length: count }, (_, i) => next + i);
    next += count;
    open += 1;
    calls += 1;
    connections[at]?.send(instantRequest(chosen, segmentsPerUser, random, token));
  };
  const answered = (at: number, got: Answered): void => {
    open -= 1;
    if (got.status !== 200) reject(new Error(`loading was not answered with 200: ${got.beginning}`));
    sendTo(at);
    if (open === 0) resolve();
  };
  for (let at = 0; at < loadConnections; at++) connections.push(await Connection.open(port, (got) => answered(at, got), reject));
  for (let at = 0; at < loadConnections; at++) sendTo(at);
  await promise;
  for (const connection of connections) connection.close();
  return calls;
}

process.on('disconnect', () => process.exit(0));
process.on('message', (question: GeneratorQuestion) => {
  answer(question).then(
    (result) => process.send?.(result),
    (error: unknown) =>
      process.send?.({ is: 'failed', reason: error instanceof Error ? error.message : String(error) } satisfies GeneratorAnswer),
  );
});
