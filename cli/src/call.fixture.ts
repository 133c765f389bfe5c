import { Readable } from 'node:stream';
import { Call, type OptionValues } from './command.ts';

/** A use of a command inside the test's own process; `out` and `said` are what it has written. */
export class TestCall {
  readonly call: Call;
  #out = '';
  #said = '';
  #stop: (() => void) | undefined;

  constructor(values: OptionValues, cwd: string, operands: readonly string[] = []) {
    const sink = (keep: (text: string) => void) => ({
      write: (text: string | Uint8Array, done?: () => void) => {
        keep(text.toString());
        done?.();
      },
    });
    this.call = new Call(values, operands, {
      stdin: Readable.from([]),
      stdout: sink((text) => (this.#out += text)),
      stderr: sink((text) => (this.#said += text)),
      env: {},
      cwd,
      serverEntry: '',
      onStop: (callback) => {
        this.#stop = callback;
        return () => (this.#stop = undefined);
      },
    });
  }

  get out(): string {
    return this.#out;
  }

  get said(): string {
    return this.#said;
  }

  /** As Ctrl-C. */
  stop(): void {
    this.#stop?.();
  }
}
