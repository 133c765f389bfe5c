import type { Clock } from '../../kit/clock.ts';
import type { MemberId, SegmentId } from '../../kit/ids.ts';
import type { Identifier } from '../../profiles/identifier.ts';
import type { ProfileStore, ScannedUser } from '../../profiles/profile-store.ts';
import { scannedUsers } from '../../profiles/scan-page.ts';

/** What of the profile store a segment's rows are made from. */
export type SegmentReader = Pick<ProfileStore, 'scan' | 'standing' | 'links'>;

/** Which rows of a segment: names of the built-in endpoint's columns (exchange-sharing.md section 4). */
export interface RowsQuestion {
  readonly segment: SegmentId;
  /** Who receives: external ids are this member's. */
  readonly member: MemberId;
  readonly identifiers: readonly string[];
  readonly attributes: readonly string[];
}

export interface RowPage {
  /** Cells in the order asked for, identifiers first; nothing is the empty text. */
  readonly rows: readonly (readonly string[])[];
  /** Live memberships of users that have none of the identifiers. */
  readonly unknown: number;
}

const usersPerPage = 1000;

/**
 * A segment as a source: one row for each live membership and distinct identifier value, its other identifiers empty. Opted-out users
 * never come out. Holds one page at a time; end the loop, and the scan ends.
 */
export async function* segmentRows(
  profiles: SegmentReader,
  clock: Clock,
  question: RowsQuestion,
): AsyncGenerator<RowPage, void, undefined> {
  const { segment } = question;
  let cursor: number | null = null;
  do {
    const page = await profiles.scan(segment, cursor, usersPerPage, 'memberships');
    cursor = page.next;
    if (page.count > 0) yield await pageOf(profiles, clock, question, scannedUsers(page));
  } while (cursor !== null);
}

async function pageOf(profiles: SegmentReader, clock: Clock, question: RowsQuestion, users: Iterable<ScannedUser>): Promise<RowPage> {
  const rows: string[][] = [];
  let unknown = 0;
  const linked = question.identifiers.some((name) => name !== 'user_id');
  for (const user of users) {
    // The scan may be a moment older than an opt-out.
    const standing = profiles.standing(user.identifier);
    if ((standing instanceof Promise ? await standing : standing) === 'opted-out') continue;
    const links = linked ? await namesOf(profiles, clock, user.identifier) : [user.identifier];
    if (!addRows(rows, question, user, links)) unknown++;
  }
  return { rows, unknown };
}

async function namesOf(profiles: SegmentReader, clock: Clock, first: Identifier): Promise<Identifier[]> {
  const asked = profiles.links(first);
  const links = asked instanceof Promise ? await asked : asked;
  const nowS = clock.nowMs() / 1000;
  return [first, ...links.filter(({ expiresAtS }) => expiresAtS === null || expiresAtS > nowS).map(({ identifier }) => identifier)];
}

/** False where the user has none of the identifiers. */
function addRows(rows: string[][], { member, identifiers, attributes }: RowsQuestion, user: ScannedUser, names: Identifier[]): boolean {
  const cells = attributes.map((name) => attributeCell(name, user));
  let found = false;
  for (const [at, column] of identifiers.entries()) {
    const values = new Set<string>();
    for (const name of names) if (columnOf(name, member) === column) values.add(String(name.id));
    for (const value of values) rows.push([...identifiers.map((_, place) => (place === at ? value : '')), ...cells]);
    found ||= values.size > 0;
  }
  return found;
}

/** Undefined: no column of the built-in endpoint holds it. */
function columnOf(identifier: Identifier, member: MemberId): string | undefined {
  switch (identifier.kind) {
    case 'user':
      return 'user_id';
    case 'device':
      return identifier.domain;
    case 'external':
      return identifier.member === member ? 'external_id' : undefined;
    case 'eid':
      return `eid.${identifier.source}`;
    case 'ifa':
      return undefined;
  }
}

function attributeCell(name: string, { membership }: ScannedUser): string {
  if (name === 'value') return String(membership.value);
  if (membership.lifetimeMinutes === null) return '';
  return new Date((membership.addedAtS + membership.lifetimeMinutes * 60) * 1000).toISOString().replace('.000Z', 'Z');
}
