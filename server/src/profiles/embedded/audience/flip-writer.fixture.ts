/** Writes flips as an engine thread does: in changes of different lengths, some longer than the log; the last flip until it is stopped. */
import { workerData } from 'node:worker_threads';
import { FlipLog, type FlipLogMemory } from './flip-log.ts';

const { memory, last } = workerData as { readonly memory: FlipLogMemory; readonly last: number };
const log = new FlipLog(memory);
/** A word that nobody changes: waiting for it is a pause. */
const unused = memory.control.length - 1;
for (let user = 1, change = 0; user <= last; change++) {
  const end = Math.min(last, user + ((change * 37) % 300) + (change % 50 === 49 ? 600 : 0));
  for (; user <= end; user++) log.add(user, 1, true);
  log.publish();
  Atomics.wait(memory.control, unused, 0, 1);
}
for (;;) {
  log.add(last, 1, true);
  log.publish();
  Atomics.wait(memory.control, unused, 0, 10);
}
