import { join } from 'node:path';
import { BenchProgram } from '../contenders/bench-program.ts';
import type { Loaded, ReadBack, StoreAnswer, StoreOptions, StoreQuestion, StoreRun } from '../in-process/store-messages.ts';

/** A store under test in its own process, seen from a scenario. */
export class StoreProgram {
  readonly #program: BenchProgram<StoreQuestion, StoreAnswer>;

  /** @param file in in-process/; @param profileFolder where the process leaves a processor profile; null: it takes none. */
  constructor(file: string, profileFolder: string | null = null) {
    const profiling = profileFolder === null ? [] : ['--cpu-prof', '--cpu-prof-dir', profileFolder];
    this.#program = new BenchProgram(join(import.meta.dirname, '..', 'in-process', file), profiling);
  }

  async open(options: StoreOptions): Promise<void> {
    await this.#ask({ ask: 'open', options }, 'opened');
  }
  async load(): Promise<Loaded> {
    return (await this.#ask({ ask: 'load' }, 'loaded')).loaded;
  }
  /** Merges so many batches, which are the same for every store, and reads back so many of their users. */
  async merge(batches: number, sample: number): Promise<readonly ReadBack[]> {
    return (await this.#ask({ ask: 'merge', batches, sample }, 'merged')).readBack;
  }
  async update(seconds: number, underWay: number, variant: string): Promise<StoreRun> {
    return (await this.#ask({ ask: 'update', seconds, underWay, variant }, 'ran')).run;
  }
  async get(seconds: number): Promise<StoreRun> {
    return (await this.#ask({ ask: 'get', seconds }, 'ran')).run;
  }
  async close(): Promise<void> {
    await this.#ask({ ask: 'close' }, 'closed');
  }
  stop(): Promise<void> {
    return this.#program.stop();
  }

  async #ask<Is extends StoreAnswer['is']>(question: StoreQuestion, wanted: Is): Promise<StoreAnswer & { readonly is: Is }> {
    const answer = await this.#program.ask(question);
    if (answer.is === 'failed') throw new Error(answer.reason);
    if (answer.is !== wanted) throw new Error(`the store answered ${answer.is}, not ${wanted}`);
    return answer as StoreAnswer & { readonly is: Is };
  }
}
