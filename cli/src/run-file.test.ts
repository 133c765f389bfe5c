import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readRunFile } from './run-file.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'foyer-run-file-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

async function writeRunFile(text: string): Promise<void> {
  await mkdir(join(directory, 'run'), { recursive: true });
  await writeFile(join(directory, 'run', 'server.json'), text);
}

it('reads what a listening server left', async () => {
  await writeRunFile('{"url":"http://127.0.0.1:1","operator_token":"t","pid":7}');
  expect(await readRunFile(directory)).toEqual({ kind: 'read', file: { url: 'http://127.0.0.1:1', operatorToken: 't', pid: 7 } });
});

it('is absent where no server was, and where the directory itself is missing', async () => {
  expect(await readRunFile(directory)).toEqual({ kind: 'absent' });
  expect(await readRunFile(join(directory, 'none'))).toEqual({ kind: 'absent' });
});

it.each(['', 'null', '{"url":', '{"url":"http://x","pid":7}'])('is unreadable where it holds %s', async (text) => {
  await writeRunFile(text);
  expect(await readRunFile(directory)).toMatchObject({ kind: 'unreadable', path: join(directory, 'run', 'server.json') });
});

it('is unreadable where it is no file', async () => {
  await mkdir(join(directory, 'run', 'server.json'), { recursive: true });
  expect(await readRunFile(directory)).toMatchObject({ kind: 'unreadable' });
});
