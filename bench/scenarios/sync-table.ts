import { join } from 'node:path';
import { asMemberId, asUserId } from '../../server/src/kit/ids.ts';
import { systemClock } from '../../server/src/kit/clock.ts';
import { EmbeddedProfileStore } from '../../server/src/profiles/embedded/embedded-profile-store.ts';
import { userIdOf } from '../data/audience.ts';
import { provider } from '../contenders/foyer-catalog.ts';
import { atMost } from '../report/target.ts';
import { spreadOf } from '../statistics/median.ts';
import { plainRow, type Scenario, type ScenarioResult } from './scenario.ts';

const name = 'sync-table';
const mostBytesPerId = 40;
const idsInFlight = 1000;
const expiresInS = 1_512_000;

/** What the engine holds for mappings of external ids: users first, then one id of 16 bytes for each, and the difference. */
export const syncTable: Scenario = {
  name,
  summary: 'bytes of memory an external id of 16 bytes takes, by the engine itself',
  async run({ folder, users, say }): Promise<ScenarioResult> {
    const store = await EmbeddedProfileStore.open({ directory: join(folder, name), clock: systemClock, durability: 'os' });
    try {
      say(`${name}: ${users} users, then an external id for each`);
      const inTurns = async (work: (user: number) => Promise<unknown>): Promise<number> => {
        for (let first = 0; first < users; first += idsInFlight)
          await Promise.all(Array.from({ length: Math.min(idsInFlight, users - first) }, (_, at) => work(first + at)));
        return store.stats().memoryBytes;
      };
      const userOf = (user: number) => ({ kind: 'user', id: asUserId(BigInt(userIdOf(user))) }) as const;
      const member = asMemberId(provider);
      const options = { expiresAtS: Math.floor(Date.now() / 1000) + expiresInS, linkedBy: member };
      const before = await inTurns((user) => store.see(userOf(user)));
      const after = await inTurns((user) =>
        store.link({ kind: 'external', member, id: `crm-${String(user).padStart(12, '0')}` }, userOf(user), options),
      );
      const bytes = (after - before) / users;
      return {
        scenario: name,
        rows: [plainRow(name, 'an external id', { ...spreadOf([bytes]), unit: 'bytes' }, [atMost(mostBytesPerId, 'bytes', bytes)])],
        notes: [`${name}: ${users} ids, one for each user; 16 of the bytes are the id itself`],
        runs: [],
      };
    } finally {
      await store.close();
    }
  },
};
