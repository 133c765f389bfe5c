import { describe, expect, test } from 'vitest';
import { ExpectedProfiles } from './expected-profiles.ts';

describe('the crash test sees', () => {
  test('an acknowledged membership that is gone, has an old value, or came back', () => {
    const model = new ExpectedProfiles();
    const first = [
      { user: '7', segment: 1, value: 5 },
      { user: '7', segment: 2, value: 6 },
      { user: '7', segment: 3, value: 7 },
    ];
    const second = [
      { user: '7', segment: 2, value: 8 },
      { user: '7', segment: 3, value: null },
    ];
    for (const call of [first, second]) {
      model.send(call);
      model.acknowledge(call);
    }
    expect(
      model.compare(
        '7',
        new Map([
          [1, 5],
          [2, 8],
        ]),
      ),
    ).toEqual({ checked: 3, wrong: [] });
    expect(
      model.compare(
        '7',
        new Map([
          [2, 6],
          [3, 7],
        ]),
      ).wrong,
    ).toEqual([
      'user 7 segment 1: acknowledged value 5, found no membership',
      'user 7 segment 2: acknowledged value 8, found value 6',
      'user 7 segment 3: acknowledged no membership, found value 7',
    ]);
  });

  test('a membership that nobody sent', () => {
    const model = new ExpectedProfiles();
    expect(model.compare('7', new Map([[1, 5]])).wrong).toEqual(['user 7 segment 1: acknowledged no membership, found value 5']);
  });

  test('a call in flight may have happened or not, and what was found then holds', () => {
    for (const found of [5, 6]) {
      const model = new ExpectedProfiles();
      const acknowledged = [{ user: '7', segment: 1, value: 5 }];
      model.send(acknowledged);
      model.acknowledge(acknowledged);
      model.send([{ user: '7', segment: 1, value: 6 }]);
      expect(model.compare('7', new Map([[1, found]])).wrong).toEqual([]);
      expect(model.compare('7', new Map([[1, 11 - found]])).wrong).toHaveLength(1);
    }
  });

  test('users that were sent since the last look are told once', () => {
    const model = new ExpectedProfiles();
    model.send([{ user: '7', segment: 1, value: 5 }]);
    expect(model.takeTouched()).toEqual(['7']);
    expect(model.takeTouched()).toEqual([]);
  });
});
