import { PassThrough, Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { askHidden, askShown, readPasswordFromStdin } from './ask-password.ts';
import type { Surroundings } from './surroundings.ts';

function surroundings(stdin: Readable): { surroundings: Surroundings; shown: () => string; raw: boolean[] } {
  const raw: boolean[] = [];
  let text = '';
  const setRawMode = (mode: boolean) => raw.push(mode);
  return {
    surroundings: {
      stdin: Object.assign(stdin, { setRawMode }),
      stdout: { write: () => expect.unreachable() },
      stderr: { write: (piece: string) => (text += piece) },
      env: {},
      cwd: '/',
      serverEntry: '',
      onStop: () => () => undefined,
    },
    shown: () => text,
    raw,
  };
}

it('shows nothing of a hidden answer, minds the backspace, and gives the terminal back', async () => {
  const stdin = new PassThrough();
  const around = surroundings(stdin);
  const answer = askHidden('Password: ', around.surroundings);
  stdin.write('secrxx');
  stdin.write('\u007f\u007fét\r');
  expect(await answer).toBe('secrét');
  expect(around.shown()).toBe('Password: \n');
  expect(around.raw).toEqual([true, false]);
});

it('shows a name as it is typed', async () => {
  const stdin = new PassThrough();
  const around = surroundings(stdin);
  const answer = askShown('User name: ', around.surroundings);
  stdin.write('an\n');
  expect(await answer).toBe('an');
  expect(around.shown()).toBe('User name: an\n');
});

it('ends on Ctrl-C with the terminal given back', async () => {
  const stdin = new PassThrough();
  const around = surroundings(stdin);
  const answer = askHidden('Password: ', around.surroundings);
  stdin.write('abc\u0003');
  await expect(answer).rejects.toMatchObject({ exitCode: 130 });
  expect(around.raw).toEqual([true, false]);
});

it('reads a password from stdin without its line end, and nothing else off it', async () => {
  expect(await readPasswordFromStdin(surroundings(Readable.from(['pa ss', ' \r\n'])).surroundings)).toBe('pa ss ');
  await expect(readPasswordFromStdin(surroundings(Readable.from(['\n'])).surroundings)).rejects.toMatchObject({ exitCode: 2 });
});
