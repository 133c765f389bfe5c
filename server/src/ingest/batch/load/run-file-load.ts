import type { CatalogView } from '../../../catalog-view/catalog-view.ts';
import type { MemberId } from '../../../kit/ids.ts';
import { buffersOf } from '../parse/parsed-chunk.ts';
import type { ChunkWriting } from './chunk-writing.ts';
import type { FromLoad, LoadOrder, ToLoad } from './load-link.ts';
import type { LoadThreads } from './load-threads.ts';
import { resolveSegments } from './resolve-segments.ts';

export type LoadEnd = Extract<FromLoad, { readonly kind: 'done' | 'stopped' | 'fault' }>;

export interface LoadRun {
  readonly threads: LoadThreads;
  readonly order: LoadOrder;
  readonly member: MemberId;
  readonly view: Pick<CatalogView, 'current'>;
  readonly writing: ChunkWriting;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Extract<FromLoad, { readonly kind: 'progress' }>) => void;
}

/**
 * Loads a file in a thread of its own: the thread reads and parses, what it makes is written here, and it counts what became of it.
 * Throws what the store throws; a thread that has failed is gone when the promise settles. @returns how it ended; `stopped` because of the signal
 */
export async function runFileLoad(run: LoadRun): Promise<LoadEnd> {
  const worker = run.threads.take();
  const ended = Promise.withResolvers<LoadEnd>();
  const tell = (message: ToLoad, transfer: readonly ArrayBuffer[] = []): void => worker.postMessage(message, [...transfer]);
  const stop = (): void => tell({ kind: 'stop' });
  /** Chunks are told in their order, however the store answers. */
  let told: Promise<void> = Promise.resolve();
  const fail = (error: unknown): void => ended.reject(error);
  const leave = (): void => ended.reject(new Error('the load thread has ended before its file did'));
  const hear = (message: FromLoad): void => {
    if (message.kind === 'chunk') {
      if (run.writing.catalogChanged()) tell({ kind: 'forget' });
      const written = run.writing.write(message.sequence, message.columns, message.beforeUpTo);
      told = told.then(async () => {
        const { sequence, columns } = message;
        tell({ kind: 'written', sequence, columns, written: await written }, buffersOf(columns));
      });
      written.catch(fail);
      told.catch(fail);
    } else if (message.kind === 'resolve') {
      tell({ kind: 'resolved', resolved: resolveSegments(run.view.current(), run.member, message.names) });
    } else if (message.kind === 'progress') run.onProgress(message);
    else ended.resolve(message);
  };
  worker.on('error', fail);
  worker.on('exit', leave);
  worker.on('message', hear);
  tell({ kind: 'begin', order: run.order });
  if (run.signal.aborted) stop();
  run.signal.addEventListener('abort', stop, { once: true });
  try {
    const end = await ended.promise;
    run.threads.give(worker.off('error', fail).off('exit', leave).off('message', hear));
    return end;
  } catch (error) {
    await worker.terminate();
    throw error;
  } finally {
    run.signal.removeEventListener('abort', stop);
  }
}
