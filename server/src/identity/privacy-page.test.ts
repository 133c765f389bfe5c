import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { privacySamples, type PrivacySample } from '../../test/privacy-samples.ts';
import { readPrivacyTable } from '../../test/privacy-table.ts';
import { type ConsentUse, decideConsent, denyingSignals } from './decide-consent.ts';
import { findSignals } from './find-signals.ts';

const rows = readPrivacyTable();
const nameOf = (row: (typeof rows)[number]): string => `${row.signal}: ${row.case}`;

/** What the table says of a call. */
function outcomeOf({ query = '', secGpc, vendorId = 0 }: PrivacySample, use: ConsentUse): string {
  const denied = decideConsent(findSignals(query), { use, vendorId, secGpc });
  return denied === undefined ? 'allowed' : `denied: ${denied}`;
}
const outcomesOf = (call: PrivacySample) => ({ sync: outcomeOf(call, 'sync'), memberships: outcomeOf(call, 'memberships') });

describe('docs/privacy.md', () => {
  it('has one row for every case, and for no other', () => {
    expect(rows.map(nameOf).sort()).toEqual(Object.keys(privacySamples).sort());
  });
  it('names every word by which a call can be denied', () => {
    const told = rows.flatMap(({ sync, memberships }) => [sync, memberships]).filter((outcome) => outcome !== 'allowed');
    expect(new Set(told)).toEqual(new Set(denyingSignals.map((word) => `denied: ${word}`)));
  });
  it.each(rows.map((row) => [nameOf(row), row] as const))('%s', (name, row) => {
    const { sync, memberships } = row;
    expect(outcomesOf(row)).toEqual({ sync, memberships });
    expect(outcomesOf(privacySamples[name] ?? {})).toEqual({ sync, memberships });
  });
});

describe('several signals in one call', () => {
  const order = (outcome: string): number => denyingSignals.findIndex((word) => outcome === `denied: ${word}`);
  const firstSignal = (row: (typeof rows)[number]): string => /^`(gdpr|us_privacy|gpp|Sec-GPC)/.exec(row.signal)?.[1] ?? '';
  const rowsOf = (signal: string) => fc.constantFrom(...rows.filter((row) => firstSignal(row) === signal && row.vendorId === 0));

  it('are denied if any of them denies, by the first in the order of the table', () => {
    const calls = fc.tuple(rowsOf('gdpr'), rowsOf('us_privacy'), rowsOf('gpp'), rowsOf('Sec-GPC'));
    fc.assert(
      fc.property(calls, fc.boolean(), (chosen, turned) => {
        const parts = chosen.map(({ query }) => query).filter((query) => query !== '');
        const call: PrivacySample = { query: (turned ? parts.toReversed() : parts).join('&'), secGpc: chosen[3].secGpc ?? '' };
        for (const use of ['sync', 'memberships'] as const) {
          const denials = chosen.map((row) => row[use]).filter((outcome) => outcome !== 'allowed');
          const expected = denials.sort((a, b) => order(a) - order(b))[0] ?? 'allowed';
          expect(outcomesOf(call)[use]).toBe(expected);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
