import { parentPort } from 'node:worker_threads';
import { checkUpload } from './check-upload.ts';
import { CsvFault } from './csv-fault.ts';
import { SealedFileDamaged } from '../files/sealed-form.ts';
import type { ErrorParts, FromCsv, ToCsv } from './csv-link.ts';
import { PieceQueue } from './piece-queue.ts';
import { transform } from './transform.ts';
import type { RowCounts, TransformPlan, TransformResult } from './transform-plan.ts';

if (parentPort === null) throw new Error('the CSV thread is a worker');
const port = parentPort;
const tell = (message: FromCsv): void => port.postMessage(message);

const uploads = new Map<number, PieceQueue>();
const runs = new Map<number, { dropped: boolean }>();
/** Runs follow each other, because each has its budget of memory. */
let lastRun: Promise<void> = Promise.resolve();
const progressMs = 500;

/** Checks files, as many at once as come in, beside one run. */
port.on('message', (message: ToCsv) => {
  const { id } = message;
  switch (message.kind) {
    case 'check': {
      const queue = new PieceQueue(() => tell({ kind: 'took', id }));
      uploads.set(id, queue);
      void settle(id, checkUpload(queue, message.order), (result) => ({ kind: 'checked', id, result }));
      break;
    }
    case 'piece':
      uploads.get(id)?.push(message.bytes);
      break;
    case 'end':
      uploads.get(id)?.end();
      break;
    case 'transform': {
      const state = { dropped: false };
      runs.set(id, state);
      lastRun = lastRun.then(() => settle(id, run(id, message.plan, state), (result) => ({ kind: 'transformed', id, result })));
      break;
    }
    case 'drop': {
      uploads.get(id)?.fail(new Error('dropped'));
      const state = runs.get(id);
      if (state !== undefined) state.dropped = true;
      break;
    }
  }
});

async function run(id: number, plan: TransformPlan, state: { readonly dropped: boolean }): Promise<TransformResult> {
  const checkpoint = (): void => {
    if (state.dropped) throw new Error('dropped');
  };
  let toldAt = Number.NEGATIVE_INFINITY;
  const onProgress = (counts: Pick<RowCounts, 'rowsReceived' | 'rowsRejected'>): void => {
    if (performance.now() - toldAt < progressMs) return;
    toldAt = performance.now();
    tell({ kind: 'progress', id, counts: { rowsReceived: counts.rowsReceived, rowsRejected: counts.rowsRejected } });
  };
  checkpoint();
  return transform(plan, { checkpoint, onProgress });
}

const partsOf = (error: unknown): ErrorParts => ({
  text: error instanceof Error ? (error.stack ?? error.message) : String(error),
  damaged: error instanceof SealedFileDamaged,
  code: error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null,
});

async function settle<Result>(id: number, outcome: Promise<Result>, answer: (result: Result) => FromCsv): Promise<void> {
  try {
    tell(answer(await outcome));
  } catch (error) {
    const fault = error instanceof CsvFault ? { code: error.code, message: error.message, details: error.details } : null;
    tell({ kind: 'failed', id, fault, error: partsOf(error) });
  } finally {
    uploads.delete(id);
    runs.delete(id);
  }
}
