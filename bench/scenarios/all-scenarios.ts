import { audience } from './audience.ts';
import { batchLoad } from './batch-load.ts';
import { batchMemory } from './batch-memory.ts';
import { batchParse } from './batch-parse.ts';
import { catalog } from './catalog.ts';
import { exchangeCsv } from './exchange-csv.ts';
import { exchangeJob } from './exchange-job.ts';
import { growth } from './growth.ts';
import { inProcess } from './in-process.ts';
import { instantLarge } from './instant-large.ts';
import { instantSmall } from './instant-small.ts';
import { instantSmallLogins } from './instant-small-logins.ts';
import { lookupDuringIngest } from './lookup-during-ingest.ts';
import { lookup } from './lookup.ts';
import { memory } from './memory.ts';
import { restart } from './restart.ts';
import { syncTable } from './sync-table.ts';
import { getuidj, mapuid, seg } from './visits.ts';
import type { Scenario } from './scenario.ts';
import { stall } from './stall.ts';

/** Every scenario, in the order in which they run: what only reads goes first, then databases need not be loaded again for it. */
export const allScenarios: readonly Scenario[] = [
  lookup,
  lookupDuringIngest,
  getuidj,
  mapuid,
  seg,
  instantSmall,
  instantSmallLogins,
  instantLarge,
  inProcess,
  growth,
  audience,
  batchParse,
  exchangeCsv,
  exchangeJob,
  batchLoad,
  batchMemory,
  catalog,
  memory,
  syncTable,
  restart,
  stall,
];
