import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { Call } from './command.ts';
import { confirm } from './confirm.ts';

/** A call on a terminal where somebody types this, or without one. */
function callOf(typed: string | undefined, yes = false): { call: Call; asked: () => string } {
  const stdin = new PassThrough();
  let text = '';
  if (typed !== undefined) stdin.write(`${typed}\r`);
  const call = new Call({ yes }, [], {
    stdin: Object.assign(stdin, { isTTY: typed !== undefined }),
    stdout: { write: () => expect.unreachable() },
    stderr: { write: (piece: string) => (text += piece) },
    env: {},
    cwd: '/',
    serverEntry: '',
    onStop: () => () => undefined,
  });
  return { call, asked: () => text };
}

it.each(['y', 'yes', 'YES'])('goes on where the answer is %s', async (answer) => {
  const { call, asked } = callOf(answer);
  await confirm(call, 'Delete it?');
  expect(asked()).toContain('Delete it? (yes/no)');
});

it.each(['', 'no', 'maybe'])('does nothing where the answer is "%s"', async (answer) => {
  await expect(confirm(callOf(answer).call, 'Delete it?')).rejects.toThrow('nothing was done');
});

it('does not ask with --yes, nor a program without a terminal', async () => {
  for (const { call, asked } of [callOf('no', true), callOf(undefined)]) {
    await confirm(call, 'Delete it?');
    expect(asked()).toBe('');
  }
});
