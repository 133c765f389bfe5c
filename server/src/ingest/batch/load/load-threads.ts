import { Worker } from 'node:worker_threads';

/** A thread that nobody needs goes after so long. */
const idleMs = 60_000;

/** What a file is read into lives as long as its chunk: little of what is dead is to wait. */
const resourceLimits = { maxYoungGenerationSizeMb: 4 };

interface Free {
  readonly worker: Worker;
  readonly timer: NodeJS.Timeout;
  /** Forgets the thread. */
  readonly drop: () => void;
}

/** Threads that load files. To start one takes longer than to load a small file, so those that are free wait for the next one. */
export class LoadThreads {
  readonly #free: Free[] = [];

  take(): Worker {
    const free = this.#free.pop();
    if (free === undefined) return new Worker(new URL('./load-thread.ts', import.meta.url), { resourceLimits });
    clearTimeout(free.timer);
    free.worker.off('error', free.drop).ref();
    return free.worker;
  }

  /** @param worker one whose file has ended */
  give(worker: Worker): void {
    const drop = (): void => {
      const at = this.#free.findIndex((free) => free.worker === worker);
      if (at >= 0) this.#free.splice(at, 1);
      void worker.terminate();
    };
    worker.on('error', drop);
    worker.unref();
    this.#free.push({ worker, timer: setTimeout(drop, idleMs).unref(), drop });
  }

  /** Threads that still load are ended by whoever took them. */
  async close(): Promise<void> {
    await Promise.all(
      this.#free.splice(0).map(({ worker, timer }) => {
        clearTimeout(timer);
        return worker.terminate();
      }),
    );
  }
}
