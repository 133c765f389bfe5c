import { describe, expect, it } from 'vitest';
import { MemoryBudget, usableBytes } from './memory-budget.ts';

describe('what the process may use', () => {
  it("is the container's limit where there is a real one", () => {
    expect(usableBytes(2_000, 8_000)).toBe(2_000);
  });
  it("is the machine's memory where the container has none, says 0, or a number beyond the machine", () => {
    expect([usableBytes(0, 8_000), usableBytes(2 ** 64, 8_000), usableBytes(8_000, 8_000)]).toEqual([8_000, 8_000, 8_000]);
  });
});

describe('a memory budget', () => {
  it('is 80% of what may be used where nothing is set, and full at 90% of its limit', () => {
    expect(new MemoryBudget(0).limitBytes).toBe(Math.floor(usableBytes() * 0.8));
    expect(new MemoryBudget(1000)).toMatchObject({ limitBytes: 1000, fullAtBytes: 900 });
  });

  it('counts what of the process is not the engine, looks at most every quarter of a second, and is never below zero', () => {
    let nowMs = 0;
    let resident = 500;
    const budget = new MemoryBudget(
      1000,
      () => nowMs,
      () => resident,
    );
    expect(budget.restBytes(200)).toBe(300);
    resident = 900;
    nowMs = 249;
    expect(budget.restBytes(200)).toBe(300);
    nowMs = 250;
    expect(budget.restBytes(200)).toBe(700);
    nowMs = 600;
    expect(budget.restBytes(2000)).toBe(0);
  });
});
