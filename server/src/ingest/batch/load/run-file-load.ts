import { Worker } from 'node:worker_threads';
import type { CatalogView } from '../../../catalog-view/catalog-view.ts';
import type { MemberId } from '../../../kit/ids.ts';
import { buffersOf } from '../parse/parsed-chunk.ts';
import type { ChunkWriting } from './chunk-writing.ts';
import type { FromLoad, LoadOrder, ToLoad } from './load-link.ts';
import { resolveSegments } from './resolve-segments.ts';

export type LoadEnd = Extract<FromLoad, { readonly kind: 'done' | 'stopped' | 'fault' }>;

export interface LoadRun {
  readonly order: LoadOrder & { readonly sync: boolean };
  readonly member: MemberId;
  readonly view: Pick<CatalogView, 'current'>;
  readonly writing: ChunkWriting;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Extract<FromLoad, { readonly kind: 'progress' }>) => void;
}

/**
 * Loads a file in a thread of its own: the thread reads and parses, what it makes is written here, and it counts what became of it.
 * Throws what the store throws; the thread is gone when the promise settles. @returns how it ended; `stopped` because of the signal
 */
export async function runFileLoad(run: LoadRun): Promise<LoadEnd> {
  const worker = new Worker(new URL('./load-thread.ts', import.meta.url), { workerData: run.order });
  const ended = Promise.withResolvers<LoadEnd>();
  const tell = (message: ToLoad, transfer: readonly ArrayBuffer[] = []): void => worker.postMessage(message, [...transfer]);
  const stop = (): void => tell({ kind: 'stop' });
  /** Chunks are told in their order, however the store answers. */
  let told: Promise<void> = Promise.resolve();
  worker.on('error', (error) => ended.reject(error));
  worker.on('exit', () => ended.reject(new Error('the load thread has ended before its file did')));
  worker.on('message', (message: FromLoad) => {
    if (message.kind === 'chunk') {
      if (run.writing.catalogChanged()) tell({ kind: 'forget' });
      const written = run.writing.write(message.sequence, message.columns, message.beforeUpTo);
      told = told.then(async () => {
        const { sequence, columns } = message;
        tell({ kind: 'written', sequence, columns, written: await written }, buffersOf(columns));
      });
      written.catch((error: unknown) => ended.reject(error));
      told.catch((error: unknown) => ended.reject(error));
    } else if (message.kind === 'resolve') {
      tell({ kind: 'resolved', resolved: resolveSegments(run.view.current(), run.member, message.names) });
    } else if (message.kind === 'progress') run.onProgress(message);
    else ended.resolve(message);
  });
  if (run.signal.aborted) stop();
  run.signal.addEventListener('abort', stop, { once: true });
  try {
    return await ended.promise;
  } finally {
    run.signal.removeEventListener('abort', stop);
    await worker.terminate();
  }
}
