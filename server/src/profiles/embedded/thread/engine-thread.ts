import { workerData } from 'node:worker_threads';
import { serveEngine } from './serve-engine.ts';
import type { EngineThreadData } from './engine-link.ts';

/** The engine's thread: begins with reading the store, ends with its link. */
await serveEngine(workerData as EngineThreadData);
