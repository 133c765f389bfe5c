import { describe, expect, it } from 'vitest';
import { defineRefusals, refusal } from './refusal.ts';

const kinds = defineRefusals('test', {
  plain: { errorId: 'INTEGRITY', text: 'Segment {id} of {owner} is taken' },
  special: { errorId: 'SYNTAX', status: 404, errorCode: 'NOT_FOUND', text: 'not there' },
});

describe('a catalogue of refusals', () => {
  it('names each by its domain and takes the status from the error id', () => {
    expect(kinds.plain).toEqual({
      name: 'test.plain',
      status: 409,
      errorId: 'INTEGRITY',
      errorCode: null,
      errorDescription: null,
      text: expect.any(String),
    });
    expect(kinds.special).toMatchObject({ status: 404, errorCode: 'NOT_FOUND' });
  });
  it('fills places, and leaves those that have no value', () => {
    expect(refusal(kinds.plain, { id: 5 }).message).toBe('Segment 5 of {owner} is taken');
  });
  it('does not fill places that a value brings along', () => {
    expect(refusal(kinds.plain, { id: '{owner}', owner: 'me' }).message).toBe('Segment {owner} of me is taken');
  });
  it('keeps the cause from the public text', () => {
    const refused = refusal(kinds.special, {}, { cause: new Error('secret') });
    expect(refused.message).toBe('not there');
    expect(refused.cause).toBeInstanceOf(Error);
  });
});
