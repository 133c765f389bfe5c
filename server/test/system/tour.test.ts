/** The README's tour and the quick starts do what they say: their own commands are played, one after the other, on one server. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commandsOf, type Played, Reader } from '../played-document.ts';
import { repository } from '../running-server.ts';

let reader: Reader;
beforeAll(async () => {
  reader = await Reader.start();
}, 240_000);
afterAll(() => reader.stop());

const pageOf = (file: string): string => readFileSync(join(repository, file), 'utf8');
const tourOf = (readme: string): string =>
  readme
    .split(/^(?=#{2,3} )/m)
    .filter((section) => /^#+ .*tour/i.test(section))
    .join('');

async function playAll(text: string): Promise<Played[]> {
  const commands = commandsOf(text);
  expect(commands.length, 'sh blocks').toBeGreaterThan(4);
  const played: Played[] = [];
  for (const command of commands) played.push(await reader.play(command));
  return played;
}

test.each(['docs/quick-start-provider.md', 'docs/quick-start-buyer.md'])(
  'every command of %s does what it says',
  async (file) => expect(await playAll(pageOf(file))).toHaveLength(commandsOf(pageOf(file)).length),
  240_000,
);

test("every command of the README's tour does what it says, also after a kill", async () => {
  const played = await playAll(tourOf(pageOf('README.md')));
  const shown = played.findLast(({ line }) => line.includes('user show'));
  expect(shown?.output).toMatch(/\d/);
  await reader.killAndStart();
  expect(await reader.run(shown?.line ?? '')).toEqual(shown);
}, 240_000);
