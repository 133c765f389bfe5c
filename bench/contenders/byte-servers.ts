import { join } from 'node:path';
import { BenchProgram } from './bench-program.ts';
import type { Contender, SampleAnswer } from './contender.ts';

/** node:http that reads, parses and answers the same bytes: the ceiling (bare-program.ts). */
export const startBareServer = (answer: SampleAnswer, requests: string): Promise<Contender> =>
  start('bare node:http', 'bare-program.ts', answer, requests);

/** A server without work, for the generator's own limit (trivial-program.ts). */
export const startTrivialServer = (answer: SampleAnswer, requests: string): Promise<Contender> =>
  start('generator limit', 'trivial-program.ts', answer, requests);

async function start(name: string, file: string, answer: SampleAnswer, requests: string): Promise<Contender> {
  const program = new BenchProgram<SampleAnswer, number>(join(import.meta.dirname, file));
  const port = await program.ask(answer);
  return { name, port, requests, pid: program.pid, stop: () => program.stop() };
}
