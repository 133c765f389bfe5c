import { Followers } from '../../kit/followers.ts';
import { Turns } from '../../kit/turns.ts';

/** Jobs that run in this process, how to stop them, and who follows them. */
export class RunningShareJobs {
  readonly #aborts = new Map<number, AbortController>();
  readonly #telling = new Map<number, Promise<unknown>>();
  /** By job. */
  readonly followers = new Followers();
  /** By job: its uploads follow each other where they are counted. */
  readonly turns = new Turns<number>();

  begin(job: number, signal: AbortSignal): AbortSignal {
    const abort = new AbortController();
    this.#aborts.set(job, abort);
    return AbortSignal.any([signal, abort.signal]);
  }
  end(job: number): void {
    this.#aborts.delete(job);
    this.#telling.delete(job);
  }

  /** Progress of the job is being written; `told` waits for it, so that it never comes after what is newer. */
  telling(job: number, written: Promise<unknown>): void {
    this.#telling.set(job, written);
  }
  /** Never rejects. */
  async told(job: number): Promise<void> {
    await this.#telling.get(job);
  }
  /** The job was moved by somebody else: what does it now is to look again. */
  interrupt(job: number): void {
    this.#aborts.get(job)?.abort('moved');
    this.followers.changed(job);
  }
}
