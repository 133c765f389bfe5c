import { randomInt } from 'node:crypto';

// Without characters that are read wrong (l, I, 1, O, 0) or that a shell treats specially.
const classes = ['ABCDEFGHJKLMNPQRSTUVWXYZ', 'abcdefghijkmnopqrstuvwxyz', '23456789', '-_.+:='] as const;
const passwordLength = 20;

/** 20 characters, each of the four classes at least once. */
export function randomPassword(): string {
  const all = classes.join('');
  const characters = classes.map(pick);
  while (characters.length < passwordLength) characters.push(pick(all));
  for (let last = characters.length - 1; last > 0; last -= 1) {
    const other = randomInt(last + 1);
    const moved = characters[last] ?? '';
    characters[last] = characters[other] ?? '';
    characters[other] = moved;
  }
  return characters.join('');
}

function pick(from: string): string {
  return from.charAt(randomInt(from.length));
}
