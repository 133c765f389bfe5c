import { join } from 'node:path';
import { BenchProgram } from '../contenders/bench-program.ts';
import type { LoopResult } from './load-loop.ts';
import type { GeneratorAnswer, GeneratorQuestion, RunRequest } from './generator-messages.ts';
import type { Preparation } from './requests.ts';

/** The generator's process, seen from the scenario. */
export class LoadGenerator {
  readonly #program: BenchProgram<GeneratorQuestion, GeneratorAnswer>;

  private constructor(program: BenchProgram<GeneratorQuestion, GeneratorAnswer>) {
    this.#program = program;
  }

  static start(): LoadGenerator {
    return new LoadGenerator(new BenchProgram(join(import.meta.dirname, 'generator-program.ts')));
  }

  /** Makes the requests that the following runs send. */
  async prepare(preparation: Preparation): Promise<{ readonly requests: number; readonly bytes: number }> {
    return this.#ask({ ask: 'prepare', preparation }, 'prepared');
  }

  async run(run: RunRequest): Promise<LoopResult> {
    const { result } = await this.#ask({ ask: 'run', run }, 'ran');
    return result;
  }

  stop(): Promise<void> {
    return this.#program.stop();
  }

  async #ask<Is extends GeneratorAnswer['is']>(question: GeneratorQuestion, wanted: Is): Promise<GeneratorAnswer & { readonly is: Is }> {
    const answer = await this.#program.ask(question);
    if (answer.is === 'failed') throw new Error(answer.reason);
    if (answer.is !== wanted) throw new Error(`the load generator answered ${answer.is}, not ${wanted}`);
    return answer as GeneratorAnswer & { readonly is: Is };
  }
}
