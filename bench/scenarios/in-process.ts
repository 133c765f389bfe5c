import { redisVariants, type RedisVariant } from '../in-process/redis-variants.ts';
import { segmentsPerUpdate, updateLanes, usersPerBatch } from '../in-process/update-batch.ts';
import { wantedAtLeast } from '../report/target.ts';
import { timerNote } from '../statistics/timer-cost.ts';
import type { BenchSettings, Scenario, ScenarioResult } from './scenario.ts';
import { comparedRow, type Comparison, gets, measureInTurns, ratioTarget, rowsOfComparison, type Way } from './store-comparison.ts';
import { type LoadedStore, startStores } from './store-contenders.ts';

const name = 'in-process';
const membershipsPerBatch = usersPerBatch * segmentsPerUpdate;
/** The engine's rate over a peer's for durable batches. */
const updateTargets: Readonly<Record<string, number>> = { Redis: 10, LMDB: 11, PostgreSQL: 15 };
const wantedMembershipsPerSecond = 2_000_000;

/** The profile engine without HTTP beside what a user could take instead. */
export const inProcess: Scenario = {
  name,
  summary: `without HTTP: durable batches of ${usersPerBatch} users x ${segmentsPerUpdate} segments, and reads, beside Redis, LMDB, PostgreSQL`,
  async run(settings) {
    const running = new AsyncDisposableStack();
    try {
      return await measure(settings, running);
    } finally {
      await running.disposeAsync();
    }
  },
};

async function measure(settings: BenchSettings, running: AsyncDisposableStack): Promise<ScenarioResult> {
  const { users } = settings;
  const notes: string[] = [];
  const stores = await startStores({ settings, name, users, peers: ['redis', 'lmdb', 'postgres'], running, notes });
  const ways = stores.flatMap(waysOf);
  const comparisons = [
    updates(ways, 1),
    updates(ways, updateLanes),
    gets(
      ways.filter(({ store, variant }) => store.kind !== 'redis' || variant === 'everysec'),
      users,
    ),
  ];
  await measureInTurns(name, comparisons, settings);
  for (const { program } of stores) await program.close();
  return {
    scenario: name,
    rows: comparisons.flatMap(rowsOfComparison),
    notes: [
      ...stores.flatMap(loadNote),
      ...notes,
      `${name}: ${timerNote()}`,
      `${name}: every peer was read back after ${usersPerBatch}-user batches and held what the engine holds`,
    ],
    runs: comparisons.flatMap(({ label, measured }) =>
      measured.flatMap((entry) => entry.runs.map((run) => ({ contender: `${label}: ${entry.way.label}`, ...run }))),
    ),
  };
}

/** As the table shows them; the targets are for the first. */
const redisLabels: Readonly<Record<RedisVariant, string>> = {
  everysec: 'Redis',
  always: 'Redis, always',
  'everysec mset': 'Redis, MGET and MSET',
};

function waysOf(store: LoadedStore): Way[] {
  if (store.kind !== 'redis') return [{ label: store.label, store, variant: '' }];
  return redisVariants.map((variant) => ({ label: redisLabels[variant], store, variant }));
}

function updates(ways: readonly Way[], underWay: number): Comparison {
  const label = `update, ${underWay} under way`;
  return {
    label,
    measured: ways.map((way) => ({ way, runs: [] })),
    measure: ({ store, variant }, seconds) => store.program.update(seconds, underWay, variant),
    rowOf: (entry, engine) => {
      const row = comparedRow(label, 'batches/s', entry, engine);
      const membershipsPerSecond = row.figure.median * membershipsPerBatch;
      const least = updateTargets[entry.way.label];
      const targets =
        entry === engine ? [wantedAtLeast(wantedMembershipsPerSecond, 'memberships/s', membershipsPerSecond)] : ratioTarget(row, least);
      return { ...row, membershipsPerSecond, targets };
    },
  };
}

function loadNote({ label, loaded: { seconds, figures } }: LoadedStore): string[] {
  const { memberships, logBytes } = figures;
  if (memberships === null || logBytes === null) return [];
  const rate = Math.round(memberships / seconds).toLocaleString('en-US');
  return [`${name}: first load into ${label}: ${rate} memberships/s, one durable batch after the other`];
}
