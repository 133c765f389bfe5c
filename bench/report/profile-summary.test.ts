import { expect, test } from 'vitest';
import { type CpuProfile, summarise, summaryText } from './profile-summary.ts';

const frame = (functionName: string, url = '', lineNumber = -1) => ({ functionName, url, lineNumber });
const profile: CpuProfile = {
  nodes: [
    { id: 1, callFrame: frame('(root)') },
    { id: 2, callFrame: frame('parse', 'file:///x/server/src/ingest/scan.ts', 9) },
    { id: 3, callFrame: frame('', 'node:net', 4) },
    // The same function called from elsewhere is another node.
    { id: 4, callFrame: frame('parse', 'file:///x/server/src/ingest/scan.ts', 9) },
    { id: 5, callFrame: frame('(idle)') },
  ],
  samples: [2, 3, 4, 5, 2],
  timeDeltas: [50, 100, 300, 200, 400],
};

test('own time is added up by function, and waiting is not work', () => {
  expect(summarise(profile)).toEqual({
    busyUs: 600,
    totalUs: 1000,
    functions: [
      { name: 'parse ingest/scan.ts:10', selfUs: 300 },
      { name: '(anonymous) node:net:5', selfUs: 300 },
    ].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  });
});

test('shares in the table are of the time in which the thread worked', () => {
  const text = summaryText('main', profile);
  expect(text.split('\n')[0]).toBe('main: busy 60% of 0.0 s');
  expect(text).toContain('50.0%  parse ingest/scan.ts:10');
});
