import type { Buffer } from 'node:buffer';
import { createHmac } from 'node:crypto';
import type { MemberId } from '../../kit/ids.ts';

/**
 * What a member is told of a number of other members' users (activation.md section 5): null below the floor, else a number that a
 * secret offset has moved before it was rounded. The same member and expression have the same two offsets always; others
 * have others, so that two groups that differ by one person do not tell of that person.
 * @param expression in its canonical form
 * @param floor `FOYER_REACH_FLOOR`; numbers are rounded to a tenth of it
 */
export function toldCount(key: Buffer, member: MemberId, expression: string, users: number, floor: number): number | null {
  const step = Math.max(1, Math.floor(floor / 10));
  const secret = createHmac('sha256', key).update(`${member}\n${expression}`).digest();
  // 48 bits each: what dividing them leaves is even to one part in 2^38 for any floor up to 10,000.
  const offsets = [secret.readUIntBE(0, 6) % step, secret.readUIntBE(6, 6) % step] as const;
  return users < floor + offsets[0] ? null : Math.floor((users + offsets[1]) / step) * step;
}
