import type { Surroundings } from './surroundings.ts';
import { CommandFailure } from './command-failure.ts';
import { exitCodes } from './exit-codes.ts';

/** Asks on the terminal; what is typed is not shown. */
export function askHidden(question: string, surroundings: Surroundings): Promise<string> {
  return ask(question, surroundings, false);
}

/** Asks on the terminal and shows what is typed. */
export function askShown(question: string, surroundings: Surroundings): Promise<string> {
  return ask(question, surroundings, true);
}

/** All of stdin, without the line end that `echo` adds. */
export async function readPasswordFromStdin({ stdin }: Surroundings): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of stdin) pieces.push(Buffer.from(piece as Uint8Array | string));
  const password = Buffer.concat(pieces)
    .toString('utf8')
    .replace(/\r?\n$/, '');
  if (password === '') throw new CommandFailure('stdin held no password', exitCodes.usage);
  return password;
}

// Raw mode hands over every key: the line is put together here, so that its echo is ours to give or withhold.
function ask(question: string, { stdin, stderr }: Surroundings, shown: boolean): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let line = '';
  const finish = (): void => {
    stdin.off('data', onData);
    stdin.setRawMode?.(false);
    stdin.pause();
    stderr.write('\n');
  };
  const onData = (piece: Buffer | string): void => {
    for (const character of piece.toString()) {
      if (character === '\r' || character === '\n' || character === '\u0004') {
        finish();
        resolve(line);
        return;
      }
      if (character === '\u0003') {
        finish();
        reject(new CommandFailure('stopped', exitCodes.stopped));
        return;
      }
      if (character === '\u007f' || character === '\b') {
        if (shown && line !== '') stderr.write('\b \b');
        line = [...line].slice(0, -1).join('');
      } else if (character >= ' ') {
        line += character;
        if (shown) stderr.write(character);
      }
    }
  };
  // Raw before the question, or a fast hand would still see its first keys.
  stdin.setRawMode?.(true);
  stderr.write(question);
  stdin.on('data', onData);
  stdin.resume();
  return promise;
}
