import { setTimeout as wait } from 'node:timers/promises';
import type { FoyerClient } from '@foyer/sdk/client.ts';
import type { UserLookup } from '@foyer/sdk/generated/wire.ts';
import type { Call } from '../command.ts';
import { CommandFailure } from '../command-failure.ts';
import { Progress } from '../progress.ts';
import { readCensusPeople, userIdOf } from './census-people.ts';
import type { Person } from './census-people.ts';
import { mappingRules, ruleHolds } from './census-to-taxonomy.ts';
import { ensureBuyer, ensureProvider, ensureSegments, isShared, segmentNameOf, shareDemoSegments } from './demo-objects.ts';
import type { DemoLogin, DemoParty } from './demo-objects.ts';
import type { DemoState } from './demo-state.ts';
import { instantBodies } from './instant-bodies.ts';
import { loadMemberships } from './load-memberships.ts';
import type { LoadResult } from './load-memberships.ts';

/** Person 1 of the file: employed by a state, full time, bachelor, single. */
export const shownUserId = userIdOf(1);

const statsDeadlineMs = 20_000;
const statsPauseMs = 250;

export interface DemoSegment {
  id: number;
  code: string;
  name: string;
  taxonomyId: string;
  users: number;
  shared: boolean;
}

export interface DemoReport {
  provider: { memberId: number; login: DemoLogin };
  buyer: { memberId: number; login: DemoLogin };
  load: LoadResult & { seconds: number };
  segments: DemoSegment[];
  userId: string;
  seenByProvider: UserLookup;
  seenByBuyer: UserLookup;
}

/** Makes the demo through the product's own API, from whatever there is of it already, and reads it back. */
export async function runDemo(operator: FoyerClient, state: DemoState, call: Call, signal?: AbortSignal): Promise<DemoReport> {
  const people = await readCensusPeople();
  const provider = await ensureProvider(operator, state);
  const buyer = await ensureBuyer(operator, state, provider);
  const segmentIds = await ensureSegments(provider, state);
  const load = await loadPeople(provider, people, segmentIds, call, signal);
  const segments = await readSizes(provider, people, segmentIds);
  if (state.sharingRecordId === undefined) await shareDemoSegments(provider, buyer, segmentIds);
  return {
    provider: { memberId: provider.memberId, login: provider.login },
    buyer: { memberId: buyer.memberId, login: buyer.login },
    load,
    segments,
    userId: shownUserId,
    seenByProvider: await lookUpShownUser(provider),
    seenByBuyer: await lookUpShownUser(buyer),
  };
}

async function lookUpShownUser({ client }: DemoParty): Promise<UserLookup> {
  const { user, memberships } = await client.lookUpUser({ uid: shownUserId });
  return { user, memberships };
}

async function loadPeople(
  provider: DemoParty,
  people: readonly Person[],
  segmentIds: ReadonlyMap<string, number>,
  call: Call,
  signal: AbortSignal | undefined,
): Promise<LoadResult & { seconds: number }> {
  const startMs = performance.now();
  const progress = new Progress(call.surroundings.stderr, people.length, 'people', startMs);
  const onProgress = (result: LoadResult): void => progress.update(result.users, performance.now());
  try {
    const options = signal === undefined ? { onProgress } : { onProgress, signal };
    const result = await loadMemberships(provider.client, instantBodies(people, segmentIds), options);
    return { ...result, seconds: (performance.now() - startMs) / 1000 };
  } finally {
    progress.finish();
  }
}

/**
 * The sizes as the server tells them, compared with the file: the instant service gives no warning for an addition that it may not
 * make, so the count is the proof. Sizes may lag by some seconds.
 */
async function readSizes(provider: DemoParty, people: readonly Person[], segmentIds: ReadonlyMap<string, number>): Promise<DemoSegment[]> {
  const expected = mappingRules.map((rule) => ({
    id: segmentIds.get(rule.code) ?? 0,
    code: rule.code,
    name: segmentNameOf(rule),
    taxonomyId: rule.taxonomyId,
    users: people.reduce((count, person) => (ruleHolds(rule, person) ? count + 1 : count), 0),
    shared: isShared(rule),
  }));
  const deadlineMs = performance.now() + statsDeadlineMs;
  for (;;) {
    const { segment_stats: stats } = await provider.client.segmentStats({ id: expected.map((segment) => segment.id) });
    const live = new Map(stats.map((entry) => [entry.segment_id, entry.live_users]));
    const wrong = expected.find((segment) => live.get(segment.id) !== segment.users);
    if (wrong === undefined) return expected;
    if (performance.now() > deadlineMs) {
      throw new CommandFailure(`segment ${wrong.id} (${wrong.name}) has ${live.get(wrong.id) ?? 'no'} users instead of ${wrong.users}`);
    }
    await wait(statsPauseMs);
  }
}
