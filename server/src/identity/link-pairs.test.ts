import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asMemberId } from '../kit/ids.ts';
import type { Identifier } from '../profiles/identifier.ts';
import { ModelProfileStore } from '../profiles/model/model-profile-store.ts';
import { device, eid, external, FakeClock, user } from '../profiles/profile-fixtures.ts';
import type { LinkPair } from './link-pair.ts';
import { linkPairs, type PairAnswer } from './link-pairs.ts';

const linkable: readonly Identifier[] = [device(1), device(2), device(3), external('x'), external('y'), eid('a'), eid('b')];
const identifier = fc.constantFrom(...linkable);
const somebody = fc.constantFrom(...linkable, user(1), user(2));
const pairs = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ does: fc.constant('link' as const), identifier, to: somebody }) },
    { weight: 2, arbitrary: fc.record({ does: fc.constant('unlink' as const), identifier }) },
    { weight: 1, arbitrary: fc.constant({ does: 'nothing' as const, result: 'unauthorized' as const }) },
  ),
  { maxLength: 40 },
);

/** The same before every call: people, links between them, and somebody who has opted out. */
async function storeOf(clock: FakeClock, optedOut: Identifier, before: readonly LinkPair[]): Promise<ModelProfileStore> {
  const store = new ModelProfileStore({ clock, maxLinksPerUser: 4 });
  await store.forget(optedOut, { optOut: true });
  for (const pair of before)
    if (pair.does === 'link') await store.link(pair.identifier, pair.to, { expiresAtS: clock.s + 60, linkedBy: asMemberId(9) });
  return store;
}

test('pairs that are sent together are answered as if each had waited for the one before it', async () => {
  await fc.assert(
    fc.asyncProperty(somebody, pairs, pairs, fc.boolean(), async (optedOut, before, asked, knownUsersOnly) => {
      const clock = new FakeClock();
      const options = { clock, mappingTtlS: 60, member: asMemberId(9), knownUsersOnly };
      const together = await linkPairs(asked, { ...options, profiles: await storeOf(clock, optedOut, before) });
      const profiles = await storeOf(clock, optedOut, before);
      const oneByOne: PairAnswer[] = [];
      for (const pair of asked) oneByOne.push(...(await linkPairs([pair], { ...options, profiles })));
      expect(together).toEqual(oneByOne);
    }),
    { numRuns: 2000 },
  );
});
