import { expect, it } from 'vitest';
import { prettyJson } from './pretty-json.ts';

it('breaks lines and keeps every digit of every number', () => {
  expect(prettyJson('{"uid":9223372036854775809,"value":1.10,"big":1e400,"list":[]}')).toBe(
    '{\n  "uid": 9223372036854775809,\n  "value": 1.10,\n  "big": 1e400,\n  "list": []\n}',
  );
});

it('leaves what is no JSON as it is', () => {
  expect(prettyJson('# HELP x\n')).toBe('# HELP x\n');
});
