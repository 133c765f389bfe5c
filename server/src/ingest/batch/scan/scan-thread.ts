import { parentPort, workerData } from 'node:worker_threads';
import { writeDurably } from '../../../storage/files/write-durably.ts';
import { FileGrowth, growingFile } from './growing-file.ts';
import { ScanMemory } from './repeated-lines.ts';
import { type Scanned, scanFile } from './scan-file.ts';
import type { FromScan, ToScan } from './scan-link.ts';
import type { ScanOrder } from './scan-result.ts';

/** A pass under way. */
interface Running {
  readonly order: ScanOrder;
  readonly growth: FileGrowth;
  scanned: Scanned | null;
  dropped: boolean;
}

if (parentPort === null) throw new Error('the scan thread is a worker');
const port = parentPort;
const memory = new ScanMemory((workerData as { readonly memoryBytes: number }).memoryBytes);
const running = new Map<number, Running>();
const tell = (message: FromScan): void => port.postMessage(message);

/** Makes first passes over files, as many at once as are uploaded. */
port.on('message', (message: ToScan) => {
  if (message.kind === 'scan') {
    const growth = message.whole ? FileGrowth.whole() : FileGrowth.begun();
    const pass: Running = { order: message.order, growth, scanned: null, dropped: false };
    running.set(message.id, pass);
    void run(message.id, pass);
    return;
  }
  const pass = running.get(message.id);
  if (pass === undefined) return;
  if (message.kind === 'grew') pass.growth.grew(message.bytes, message.ended);
  else if (message.kind === 'finish') finish(message.id, pass);
  else drop(message.id, pass);
});

async function run(id: number, pass: Running): Promise<void> {
  try {
    pass.scanned = await scanFile(growingFile(pass.order.upload, pass.growth), pass.order, memory);
    if (pass.dropped) pass.scanned.release();
    else tell({ kind: 'counted', id, result: pass.scanned.result });
  } catch (error) {
    running.delete(id);
    if (!pass.dropped) tell({ kind: 'failed', id, text: textOf(error) });
  }
}

function finish(id: number, pass: Running): void {
  running.delete(id);
  try {
    const repeats = pass.scanned?.repeats() ?? null;
    if (repeats !== null) writeDurably(pass.order.repeats, repeats, 0o600);
    tell({ kind: 'finished', id });
  } catch (error) {
    tell({ kind: 'failed', id, text: textOf(error) });
  }
}

function drop(id: number, pass: Running): void {
  running.delete(id);
  pass.dropped = true;
  pass.scanned?.release();
  // A pass that waits for more of the file ends.
  pass.growth.grew(pass.growth.bytes, true);
}

const textOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));
