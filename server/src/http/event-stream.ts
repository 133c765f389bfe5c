import { Readable } from 'node:stream';
import type { StreamedAnswer } from './operation.ts';

/** So often a stream says that it lives, so that nothing in between takes the connection for dead (exchange-sharing.md section 6). */
export const aliveIntervalMs = 15_000;
export const stillThere = ': still there\n\n';

/** Server-sent events, written as they come. */
export const eventStream = (events: AsyncIterable<string>): StreamedAnswer => ({
  status: 200,
  headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', 'x-accel-buffering': 'no' },
  stream: Readable.from(events),
});
