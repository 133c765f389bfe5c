import { workerData } from 'node:worker_threads';
import type { AudienceThreadData } from './audience-link.ts';
import { serveAudience } from './serve-audience.ts';

/** The audience index's thread: reads the engine's memory, changes nothing of it. Ends when it is told to stop. */
serveAudience(workerData as AudienceThreadData);
