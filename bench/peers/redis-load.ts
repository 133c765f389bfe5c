import { join } from 'node:path';
import { BenchProgram } from '../contenders/bench-program.ts';
import type { RedisLoadAnswer, RedisLoadQuestion } from './redis-load-messages.ts';

/** The loader of files over Redis, seen from the scenario. */
export class RedisLoad {
  readonly #port: number;
  readonly #program = new BenchProgram<RedisLoadQuestion, RedisLoadAnswer>(join(import.meta.dirname, 'redis-load-program.ts'));

  constructor(port: number) {
    this.#port = port;
  }

  async load(question: Omit<RedisLoadQuestion, 'port'>): Promise<RedisLoadAnswer & { readonly is: 'loaded' }> {
    const answer = await this.#program.ask({ port: this.#port, ...question });
    if (answer.is === 'failed') throw new Error(`loading Redis: ${answer.reason}`);
    return answer;
  }

  stop(): Promise<void> {
    return this.#program.stop();
  }
}
