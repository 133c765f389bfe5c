import { join } from 'node:path';
import { BenchProgram } from './bench-program.ts';
import type { Contender, SampleAnswer } from './contender.ts';

export interface BareServer extends Contender {
  /** Longest time for which its thread was held since this was last asked. */
  longestDelayMs(): Promise<number>;
}

/** node:http that reads, parses and answers the same bytes: the ceiling (bare-program.ts). */
export async function startBareServer(answer: SampleAnswer, requests: string): Promise<BareServer> {
  const { program, contender } = await start('bare node:http', 'bare-program.ts', answer, requests);
  return { ...contender, longestDelayMs: () => program.ask('delay') };
}

/** A server without work, for the generator's own limit (trivial-program.ts). */
export async function startTrivialServer(answer: SampleAnswer, requests: string): Promise<Contender> {
  return (await start('generator limit', 'trivial-program.ts', answer, requests)).contender;
}

type BytesProgram = BenchProgram<SampleAnswer | 'delay', number>;

async function start(
  name: string,
  file: string,
  answer: SampleAnswer,
  requests: string,
): Promise<{ readonly program: BytesProgram; readonly contender: Contender }> {
  const program: BytesProgram = new BenchProgram(join(import.meta.dirname, file));
  const port = await program.ask(answer);
  return { program, contender: { name, port, requests, pid: program.pid, stop: () => program.stop() } };
}
