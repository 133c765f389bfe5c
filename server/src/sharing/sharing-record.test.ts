import { describe, expect, it } from 'vitest';
import { Refusal } from '../kit/refusal.ts';
import { addedSegments, changedExposure, type Exposure, newExposure, readSentRecord, type SentRecord } from './sharing-record.ts';

const read = (object: object): SentRecord => readSentRecord(object as Record<string, unknown>, 'record', []);
const all: Exposure = { kind: 'all' };
const list = (...segments: number[]): Exposure => ({ kind: 'list', segments });
const segments = (...ids: number[]) => ids.map((id) => ({ id }));

/** What it answers, or the error id of its refusal. */
function outcomeOf<T>(work: () => T): T | string {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refusal) return error.kind.errorId;
    throw error;
  }
}

describe('reading a record', () => {
  it('takes ids as strings, each once, and passes over names and other keys of segments', () => {
    const warnings: string[] = [];
    const sent = readSentRecord({ segments: [{ id: '7', name: 'x', extra: 1 }, { id: 7 }, { id: 5 }] }, 'record', warnings);
    expect([sent.segments, warnings]).toEqual([[7, 5], []]);
  });
  it('tells null from nothing', () => {
    expect(read({ segments: null }).segments).toBeNull();
    expect(read({}).segments).toBeUndefined();
  });
  it.each([
    { segments: [5] },
    { segments: [{}] },
    { segments: [{ id: 'a' }] },
    { segments: [{ id: 0 }] },
    { segments: {} },
    { segments: 'all' },
    { segment_exposure: 'some' },
    { buyer_member_id: 1.5 },
    { export_allowed: 'true' },
    { export_allowed: null },
    { export_allowed: 1 },
  ])('refuses %o', (object) => expect(outcomeOf(() => read(object))).toBe('SYNTAX'));
});

describe('what a new record shares', () => {
  it.each<[object, Exposure | 'SYNTAX']>([
    [{ segment_exposure: 'all' }, all],
    [{ segment_exposure: 'all', segments: null }, all],
    [{ segment_exposure: 'all', segments: [] }, all],
    [{ segment_exposure: 'all', segments: segments(1) }, 'SYNTAX'],
    [{ segment_exposure: 'list', segments: segments(2, 1) }, list(2, 1)],
    [{ segment_exposure: 'list', segments: [] }, list()],
    [{ segment_exposure: 'list' }, 'SYNTAX'],
    [{ segment_exposure: 'list', segments: null }, 'SYNTAX'],
    [{}, 'SYNTAX'],
  ])('%o', (object, expected) => {
    const work = (): Exposure => newExposure(read({ buyer_member_id: 5, ...object }), 'record');
    expect(outcomeOf(work)).toEqual(expected);
  });
  it('needs a buyer', () => expect(outcomeOf(() => newExposure(read({ segment_exposure: 'all' }), 'record'))).toBe('SYNTAX'));
});

describe('what a record shares after a change', () => {
  it.each<[string, Exposure, object, boolean, Exposure | 'SYNTAX' | 'INTEGRITY']>([
    ['nothing sent', list(1, 2), {}, false, list(1, 2)],
    ['nothing sent, append', list(1, 2), {}, true, list(1, 2)],
    ['a list replaces', list(1, 2), { segments: segments(3) }, false, list(3)],
    ['an empty list takes all off', list(1, 2), { segments: [] }, false, list()],
    ['append only adds', list(1, 2), { segments: segments(2, 3) }, true, list(1, 2, 3)],
    ['append of nothing', list(1, 2), { segments: [] }, true, list(1, 2)],
    ['list said again', list(1), { segment_exposure: 'list' }, false, list(1)],
    ['a list that is null', list(1), { segments: null }, false, 'SYNTAX'],
    ['to all', list(1), { segment_exposure: 'all' }, false, all],
    ['to all by append', list(1), { segment_exposure: 'all' }, true, all],
    ['to all with segments', list(1), { segment_exposure: 'all', segments: segments(1) }, false, 'SYNTAX'],
    ['to a list', all, { segment_exposure: 'list', segments: segments(4) }, false, list(4)],
    ['to a list by append', all, { segment_exposure: 'list', segments: segments(4) }, true, list(4)],
    ['to an empty list', all, { segment_exposure: 'list', segments: [] }, false, list()],
    ['to a list without one', all, { segment_exposure: 'list' }, false, 'SYNTAX'],
    ['segments on all', all, { segments: segments(1) }, false, 'INTEGRITY'],
    ['an empty list on all', all, { segments: [] }, true, 'INTEGRITY'],
    ['null on all, as it was read', all, { segments: null }, false, all],
    ['all said again', all, { segment_exposure: 'all', segments: null }, false, all],
  ])('%s', (_what, before, object, append, expected) => {
    const work = (): Exposure => changedExposure(before, read(object), append, 'record');
    expect(outcomeOf(work)).toEqual(expected);
  });
});

it.each<[Exposure, Exposure, readonly number[] | 'all']>([
  [list(1), list(1), []],
  [list(1), list(2, 1, 3), [2, 3]],
  [list(1), all, 'all'],
  [all, all, []],
  [all, list(1, 2), [1, 2]],
])('from %o to %o gives %o anew', (before, after, added) => expect(addedSegments(before, after)).toEqual(added));
