import { fork, type ChildProcess } from 'node:child_process';
import { ownProcess } from '../../server/test/own-processes.ts';

/** A program of ours in a process of its own: asked by IPC, one question at a time. It ends when this process does. */
export class BenchProgram<Question extends object | string, Answer> {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #file: string;

  constructor(file: string, nodeArguments: readonly string[] = []) {
    this.#file = file;
    this.#child = fork(file, [], { execArgv: [...nodeArguments], serialization: 'advanced' });
    this.#ended = ownProcess(this.#child);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async ask(question: Question): Promise<Answer> {
    const answered = new Promise<Answer>((resolve) => this.#child.once('message', (answer) => resolve(answer as Answer)));
    this.#child.send(question);
    const ended = this.#ended.then((): never => {
      throw new Error(`${this.#file} ended before it answered`);
    });
    return Promise.race([answered, ended]);
  }

  async stop(): Promise<void> {
    if (this.#child.connected) this.#child.disconnect();
    await this.#ended;
  }
}
