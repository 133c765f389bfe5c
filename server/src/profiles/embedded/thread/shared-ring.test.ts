import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SharedRing } from './shared-ring.ts';

/** Writes a record whose words all say the same; it is not published yet. */
function complete(ring: SharedRing, words: number, mark: number): boolean {
  const at = ring.reserve(words);
  if (at < 0) return false;
  ring.words.fill(mark, at + 1, at + words);
  ring.complete();
  return true;
}

function write(ring: SharedRing, words: number, mark: number): boolean {
  const room = complete(ring, words, mark);
  if (room) ring.publish();
  return room;
}

/** The next record: its length and what its words say. */
function read(ring: SharedRing): { readonly words: number; readonly mark: number } | null {
  const at = ring.next();
  if (at < 0) return null;
  const words = ring.words[at] ?? 0;
  const marks = new Set(ring.words.subarray(at + 1, at + words));
  ring.release();
  expect(marks.size).toBe(1);
  return { words, mark: [...marks][0] ?? -1 };
}

describe('SharedRing', () => {
  it('hands out every published record whole and in order, whatever the sizes, as long as there is room', () => {
    const steps = fc.array(
      fc.oneof(fc.record({ write: fc.integer({ min: 2, max: 32 }) }), fc.constant('read' as const), fc.constant('publish' as const)),
      { maxLength: 300 },
    );
    fc.assert(
      fc.property(steps, (plan) => {
        const memory = SharedRing.memory(64);
        const [writer, reader] = [new SharedRing(memory), new SharedRing(memory)];
        type Expected = { readonly words: number; readonly mark: number };
        const expected: Expected[] = [];
        const held: Expected[] = [];
        let mark = 0;
        const seen: unknown[] = [];
        const due: unknown[] = [];
        for (const step of plan) {
          if (step === 'read') {
            seen.push(read(reader));
            due.push(expected.shift() ?? null);
          } else if (step === 'publish') {
            writer.publish();
            expected.push(...held.splice(0));
          } else if (complete(writer, step.write, ++mark)) held.push({ words: step.write, mark });
        }
        expect(seen).toEqual(due);
        writer.publish();
        expected.push(...held);
        for (const each of expected) expect(read(reader)).toEqual(each);
        expect(read(reader)).toBeNull();
      }),
      { numRuns: 500 },
    );
  });

  it('always takes its longest record once everything before it is read, wherever it stands', () => {
    const memory = SharedRing.memory(64);
    const [writer, reader] = [new SharedRing(memory), new SharedRing(memory)];
    for (let i = 0; i < 200; i++) {
      expect(write(writer, 2 + (i % 7), i + 1)).toBe(true);
      read(reader);
      expect(write(writer, writer.longestRecord, 7)).toBe(true);
      expect(read(reader)).toEqual({ words: writer.longestRecord, mark: 7 });
    }
  });

  it('leaves out a record that was reserved and never completed', () => {
    const memory = SharedRing.memory(64);
    const [writer, reader] = [new SharedRing(memory), new SharedRing(memory)];
    writer.reserve(20);
    expect(write(writer, 3, 5)).toBe(true);
    writer.reserve(20);
    writer.publish();
    expect([read(reader), read(reader)]).toEqual([{ words: 3, mark: 5 }, null]);
  });

  it('asks for one wake until the reader is awake again', () => {
    const memory = SharedRing.memory(64);
    const [writer, reader] = [new SharedRing(memory), new SharedRing(memory)];
    expect([writer.mustWake(), writer.mustWake()]).toEqual([true, false]);
    reader.awake();
    expect([writer.mustWake(), writer.mustWake()]).toEqual([true, false]);
  });
});
