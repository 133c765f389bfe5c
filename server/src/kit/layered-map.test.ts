import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LayeredMap } from './layered-map.ts';

type Changes = readonly (readonly [number, string | undefined])[];

const change = fc.tuple(fc.integer({ min: 0, max: 3000 }), fc.option(fc.string(), { nil: undefined }));

test('every version answers like a plain map with the same changes, whatever came later', () => {
  fc.assert(
    fc.property(fc.array(fc.array(change, { maxLength: 600 }), { maxLength: 6 }), (rounds: Changes[]) => {
      const plain = new Map<number, string>([[1, 'base']]);
      let map = new LayeredMap<number, string>(new Map(plain));
      const versions: [LayeredMap<number, string>, Map<number, string>][] = [];
      for (const changes of rounds) {
        map = map.with(changes);
        for (const [key, value] of changes) {
          if (value === undefined) plain.delete(key);
          else plain.set(key, value);
        }
        versions.push([map, new Map(plain)]);
      }
      for (const [version, expected] of versions) {
        expect(new Map(version.entries())).toEqual(expected);
        expect([...version.values()].toSorted()).toEqual([...expected.values()].toSorted());
        for (const key of [0, 1, 2, 1500, 3000]) expect(version.get(key)).toBe(expected.get(key));
      }
    }),
    { numRuns: 40 },
  );
});

test('a layer that has grown is folded into the base, and nothing is lost', () => {
  const many = Array.from({ length: 2000 }, (_, key) => [key, `v${key}`] as const);
  const map = new LayeredMap<number, string>(new Map([[5000, 'old']])).with(many).with([[3, undefined]]);
  expect([...map.entries()]).toHaveLength(2000);
  expect(map.get(3)).toBeUndefined();
  expect(map.get(5000)).toBe('old');
});
