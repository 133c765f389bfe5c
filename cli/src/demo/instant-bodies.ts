import { userIdOf } from './census-people.ts';
import type { Person } from './census-people.ts';
import { mappingRules, ruleHolds } from './census-to-taxonomy.ts';

/** The instant service's limits (ingest.md 3.3), the bytes with room to spare. */
const maxUsers = 1000;
const maxBytes = 1_000_000;

export interface InstantBody {
  text: string;
  users: number;
  memberships: number;
}

/** One user of an instant call; `expiration` in minutes, 0 never expires. */
export interface InstantUser {
  user_id: string;
  seg_block: { seg_id: number; value: number; expiration: number }[];
}

/** The memberships of one person. `segmentIds`: by segment code. */
export function instantUserOf(person: Person, segmentIds: ReadonlyMap<string, number>): InstantUser {
  const blocks: InstantUser['seg_block'] = [];
  for (const rule of mappingRules) {
    if (!ruleHolds(rule, person)) continue;
    const segmentId = segmentIds.get(rule.code);
    if (segmentId === undefined) throw new Error(`no segment was made for ${rule.code}`);
    blocks.push({ seg_id: segmentId, value: rule.value === undefined ? 0 : person[rule.value], expiration: rule.expiration });
  }
  return { user_id: userIdOf(person.person), seg_block: blocks };
}

/** Request bodies of at most 1,000 users and 1,000,000 bytes each. */
export function* instantBodies(people: Iterable<Person>, segmentIds: ReadonlyMap<string, number>): Generator<InstantBody> {
  let users: string[] = [];
  let bytes = 0;
  let memberships = 0;
  const body = (): InstantBody => ({ text: `{"rt_segment":[${users.join(',')}]}`, users: users.length, memberships });
  for (const person of people) {
    const user = instantUserOf(person, segmentIds);
    const text = JSON.stringify(user);
    // Ids, numbers and our own keys: one byte a character.
    if (users.length === maxUsers || bytes + text.length + users.length + 20 > maxBytes) {
      yield body();
      users = [];
      bytes = 0;
      memberships = 0;
    }
    users.push(text);
    bytes += text.length;
    memberships += user.seg_block.length;
  }
  if (users.length > 0) yield body();
}
