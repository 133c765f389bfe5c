import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { asMemberId } from '../../kit/ids.ts';
import { toldCount } from './told-count.ts';

const key = Buffer.alloc(32, 7);
const buyer = asMemberId(3601);
const expressions = Array.from({ length: 400 }, (_, i) => `{"segment":${i + 1}}`);
const told = (users: number, floor = 1000, member = buyer): (number | null)[] =>
  expressions.map((expression) => toldCount(key, member, expression, users, floor));

describe('what is told of others’ users', () => {
  it('is nothing below the floor, and with some expressions not yet at it', () => {
    expect(new Set(told(999))).toEqual(new Set([null]));
    expect(told(1050).filter((users) => users === null).length).toBeGreaterThan(100);
    expect(told(1100)).not.toContain(null);
  });

  it('is a multiple of a tenth of the floor, less than one of them away', () => {
    for (const users of told(12_345)) expect([12_300, 12_400]).toContain(users);
    expect(new Set(told(12_345)).size).toBe(2);
    for (const users of told(500, 20)) expect([500]).toContain(users);
  });

  it('has borders of its own for each member and expression, and the same ones always', () => {
    expect(told(1050)).toEqual(told(1050));
    expect(told(1050)).not.toEqual(told(1050, 1000, asMemberId(3602)));
    const borders = (member: number): number[] =>
      expressions.map(
        (each) => Array.from({ length: 101 }, (_, i) => 1000 + i).find((n) => toldCount(key, asMemberId(member), each, n, 1000)) ?? 0,
      );
    expect(new Set(borders(3601)).size).toBeGreaterThan(80);
  });

  it('is all there is with a floor of 1', () => {
    expect(toldCount(key, buyer, 'any', 0, 1)).toBeNull();
    expect(toldCount(key, buyer, 'any', 17, 1)).toBe(17);
  });
});
