import { expect, it } from 'vitest';
import { readCensusPeople, userIdOf } from './census-people.ts';
import { mappingRules } from './census-to-taxonomy.ts';
import { instantBodies, instantUserOf } from './instant-bodies.ts';

const people = await readCensusPeople();
const segmentIds = new Map(mappingRules.map((rule, index) => [rule.code, 4_000_000_000_000_000 + index]));

it('keeps every body within the limits of the instant service, and leaves nobody out', () => {
  const seen = new Set<string>();
  for (const body of instantBodies(people, segmentIds)) {
    const parsed = JSON.parse(body.text) as { rt_segment: { user_id: string; seg_block: unknown[] }[] };
    expect(Buffer.byteLength(body.text)).toBeLessThan(1_000_000);
    expect(parsed.rt_segment.length).toBeLessThanOrEqual(1000);
    expect(body.users).toBe(parsed.rt_segment.length);
    expect(body.memberships).toBe(parsed.rt_segment.reduce((sum, user) => sum + user.seg_block.length, 0));
    for (const user of parsed.rt_segment) seen.add(user.user_id);
  }
  expect(seen.size).toBe(people.length);
});

it('splits by bytes where a thousand users would be too long', () => {
  const [first] = people;
  const crowd = Array.from({ length: 4000 }, () => first).filter((person) => person !== undefined);
  const bodies = [...instantBodies(crowd, segmentIds)];
  expect(Math.max(...bodies.map((body) => body.text.length))).toBeLessThan(1_000_000);
  expect(bodies.reduce((sum, body) => sum + body.users, 0)).toBe(4000);
});

it('names people by ids above 2^53 that are the same on every run', () => {
  expect(userIdOf(1)).toBe('9100000000000000001');
  expect(userIdOf(48_842)).toBe('9100000000000048842');
  expect(Number(userIdOf(1))).toBe(Number(userIdOf(2)));
});

it('carries the age and the hours as values, and the lifetime of the rule', () => {
  const [first] = people;
  if (first === undefined) throw new Error('no people');
  const user = instantUserOf(first, segmentIds);
  const blockOf = (code: string) => user.seg_block.find((block) => block.seg_id === segmentIds.get(code));
  expect(blockOf('iab-7')).toMatchObject({ value: 39, expiration: 0 });
  expect(blockOf('iab-44')).toMatchObject({ value: 40, expiration: 259_200 });
  expect(blockOf('iab-50')).toMatchObject({ value: 0, expiration: 0 });
});
