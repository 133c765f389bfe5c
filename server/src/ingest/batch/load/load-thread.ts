import { parentPort } from 'node:worker_threads';
import { FileLoad } from './file-load.ts';
import type { ToLoad } from './load-link.ts';

if (parentPort === null) throw new Error('a load thread is a worker');
const port = parentPort;
let load: FileLoad | null = null;

/** Loads files, one after the other. What fails in it ends the thread. */
port.on('message', (message: ToLoad) => {
  if (message.kind !== 'begin') {
    load?.take(message);
    return;
  }
  load = new FileLoad(message.order, (told, transfer = []) => port.postMessage(told, [...transfer]));
  void load.run();
});
