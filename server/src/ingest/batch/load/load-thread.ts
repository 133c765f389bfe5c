import { parentPort, workerData } from 'node:worker_threads';
import { FileLoad } from './file-load.ts';
import type { LoadOrder, ToLoad } from './load-link.ts';

if (parentPort === null) throw new Error('a load thread is a worker');
const port = parentPort;
const load = new FileLoad(workerData as LoadOrder & { readonly sync: boolean }, (message, transfer) => port.postMessage(message, transfer));
port.on('message', (message: ToLoad) => load.take(message));
void load.run().finally(() => port.close());
