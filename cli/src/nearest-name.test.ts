import { describe, expect, it } from 'vitest';
import { editDistance, nearestName } from './nearest-name.ts';

const names = ['serve', 'import', 'demo', 'login', 'logout', 'curl', 'user show'];

describe('nearestName', () => {
  it.each([
    ['serv', 'serve'],
    ['imprt', 'import'],
    ['Demo', 'demo'],
    ['lgout', 'logout'],
    ['user', 'user show'],
  ])('finds what %s was meant to be', (given, meant) => {
    expect(nearestName(given, names)).toBe(meant);
  });

  it('names nothing where nothing is near', () => {
    expect(nearestName('frobnicate', names)).toBeUndefined();
    expect(nearestName('x', [])).toBeUndefined();
  });
});

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['', 'abc', 3],
    ['kitten', 'sitting', 3],
    ['port', 'prot', 2],
  ])('of "%s" and "%s" is %i, both ways', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
    expect(editDistance(b, a)).toBe(distance);
  });
});
