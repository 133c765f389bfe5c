import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { temporaryFolder } from '../../../../test/running-server.ts';
import type { ResolvedSegment } from '../parse/segment-table.ts';
import { type JournalEntry, SegmentJournal } from './segment-journal.ts';

let folder: ReturnType<typeof temporaryFolder>;
let path: string;
beforeEach(() => {
  folder = temporaryFolder('journal');
  path = join(folder.path, 'segments');
});
afterEach(() => folder.remove());

const resolved: ResolvedSegment = { name: { id: null, owner: 7, code: 'caf\u00e9 \n;' }, state: 'usable', segment: 5, expireMinutes: null };

/** All that is recalled before a chunk. */
function recalled(journal: SegmentJournal, sequence: number): JournalEntry[] {
  const entries: JournalEntry[] = [];
  for (let entry = journal.recall(sequence); entry !== undefined; entry = journal.recall(sequence)) entries.push(entry);
  return entries;
}

it('recalls what was said before each chunk, once and in order, after a crash in the middle of a line', () => {
  const entries: JournalEntry[] = [
    { sequence: 1, resolved: [resolved] },
    { sequence: 1, resolved: [] },
    { sequence: 4, forgotten: true },
    { sequence: 4, resolved: [{ ...resolved, state: 'inactive' }] },
  ];
  const first = new SegmentJournal(path, true);
  for (const entry of entries) first.write(entry);
  expect(recalled(first, 9)).toEqual([]);
  first.close();
  appendFileSync(path, '{"sequence":5,"resol');
  const second = new SegmentJournal(path, false);
  expect(recalled(second, 1)).toEqual(entries.slice(0, 2));
  expect(recalled(second, 3)).toEqual([]);
  expect(recalled(second, 4)).toEqual(entries.slice(2));
  second.write({ sequence: 5, forgotten: true });
  second.close();
  expect(readFileSync(path, 'utf8').trimEnd().split('\n')).toHaveLength(5);
  const third = new SegmentJournal(path, false);
  expect(recalled(third, 99)).toEqual([...entries, { sequence: 5, forgotten: true }]);
  third.close();
});
