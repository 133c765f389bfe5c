import { describe, expect, it } from 'vitest';
import { UserSketch } from './user-sketch.ts';

/** Five times the standard error of 2^14 registers, 1.04 / sqrt(2^14). */
const tolerance = (5 * 1.04) / 128;

const sketchOf = (users: number, first = 1, step = 1): UserSketch => {
  const sketch = new UserSketch();
  for (let i = 0; i < users; i++) sketch.add(first + i * step);
  return sketch;
};

describe('a sketch of users', () => {
  it.each([1, 10, 1000, 10_000, 40_000, 60_000, 80_000, 300_000, 3_000_000])('knows about how many of %i there are', (users) => {
    for (const [first, step] of [
      [1, 1],
      [7, 3],
      [0x8000_0000, 1],
    ] as const) {
      const estimate = sketchOf(users, first, step).estimate();
      expect(Math.abs(estimate - users)).toBeLessThanOrEqual(Math.max(1, users * tolerance));
    }
  });

  it('is on average nearer than one percent', () => {
    const errors = Array.from({ length: 40 }, (_, i) => Math.abs(sketchOf(50_000, i * 1_000_003 + 1).estimate() / 50_000 - 1));
    expect(errors.reduce((sum, error) => sum + error) / errors.length).toBeLessThan(0.01);
  });

  it('is empty at first, and counts nobody twice', () => {
    expect(new UserSketch().estimate()).toBe(0);
    const sketch = sketchOf(5000);
    const before = sketch.estimate();
    for (let user = 1; user <= 5000; user++) sketch.add(user);
    expect(sketch.estimate()).toBe(before);
  });

  it('united with another is that of all', () => {
    const sketch = sketchOf(30_000);
    sketch.unite(sketchOf(30_000, 15_001));
    expect(sketch.estimate()).toBe(sketchOf(45_000).estimate());
  });

  it('keeps its registers of a cut beside those that change', () => {
    const sketch = sketchOf(1000);
    sketch.hold();
    const cut = new UserSketch(sketch.held.slice()).estimate();
    for (let user = 2000; user < 9000; user++) sketch.add(user);
    expect(new UserSketch(sketch.held).estimate()).toBe(cut);
    expect(sketch.estimate()).toBeGreaterThan(7000);
    sketch.release();
    expect(new UserSketch(sketch.held).estimate()).toBe(sketch.estimate());
  });
});
