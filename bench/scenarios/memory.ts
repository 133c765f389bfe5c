import { atMost, type Target } from '../report/target.ts';
import { loadedSegmentsPerUser } from '../data/audience.ts';
import { spreadOf } from '../statistics/median.ts';
import { ownCheckout } from '../contenders/foyer-server.ts';
import { plainRow, type BenchSettings, type Row, type Scenario } from './scenario.ts';

const name = 'memory';
/** With value, lifetime, added-at and source. */
const mostBytesPerMembership = 26;

/** What the engine holds for an audience, by its own count of what it allocated. */
export const memory: Scenario = {
  name,
  summary: 'bytes of memory a membership and a user, by the engine itself',
  async run(settings) {
    const sizes = [settings.users, ...(settings.largeUsers === null ? [] : [settings.largeUsers])];
    const rows: Row[] = [];
    const notes: string[] = [];
    for (const users of sizes) rows.push(...(await rowsFor(settings, users)));
    notes.push(
      `${name}: users, identifiers and their index are counted apart; one identifier a user, ${loadedSegmentsPerUser} memberships each`,
    );
    return { scenario: name, rows, notes, runs: [] };
  },
};

async function rowsFor({ audiences }: BenchSettings, users: number): Promise<Row[]> {
  const { figures } = await audiences.made(ownCheckout, users);
  const { memberships, memoryBytes, membershipBytes } = figures;
  if (memberships === null || memoryBytes === null || membershipBytes === null) throw new Error('the engine does not tell its memory');
  const row = (what: string, bytes: number, targets: Target[]): Row =>
    plainRow(name, `${what}, ${users.toLocaleString('en-US')} users`, { ...spreadOf([bytes]), unit: 'bytes' }, targets);
  const each = membershipBytes / memberships;
  return [
    row('a membership', each, [atMost(mostBytesPerMembership, 'bytes', each)]),
    row('a user with its identifier', (memoryBytes - membershipBytes) / users, []),
  ];
}
