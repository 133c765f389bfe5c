/** The load generator: a process of its own, so that its work is not the server's or the table's. Talks by IPC (generator-messages.ts). */
import type { Buffer } from 'node:buffer';
import type { GeneratorAnswer, GeneratorQuestion } from './generator-messages.ts';
import { runLoad } from './load-loop.ts';
import { prepareRequests } from './requests.ts';

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
    case 'run':
      return { is: 'ran', result: await runLoad({ ...question.run, next: sender(question.run.requests) }) };
  }
}

process.on('disconnect', () => process.exit(0));
process.on('message', (question: GeneratorQuestion) => {
  answer(question).then(
    (result) => process.send?.(result),
    (error: unknown) =>
      process.send?.({ is: 'failed', reason: error instanceof Error ? error.message : String(error) } satisfies GeneratorAnswer),
  );
});
