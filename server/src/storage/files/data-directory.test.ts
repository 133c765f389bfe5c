import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/running-server.ts';
import { DataDirectory, DataDirectoryInUse, DataDirectoryNotWritable } from './data-directory.ts';

let folder = temporaryFolder('directory');
beforeEach(() => {
  folder = temporaryFolder('directory');
});
afterEach(() => folder.remove());

describe('a data directory', () => {
  it('is made where it is missing, and held by one', () => {
    const path = join(folder.path, 'a', 'b');
    const held = DataDirectory.hold(path);
    expect(existsSync(held.profilesPath)).toBe(true);
    expect(() => DataDirectory.hold(path)).toThrow(DataDirectoryInUse);
    held.release();
    DataDirectory.hold(path).release();
  });
  it('that is a file is refused', () => {
    const path = join(folder.path, 'file');
    writeFileSync(path, '');
    expect(() => DataDirectory.hold(path)).toThrow(DataDirectoryNotWritable);
  });
  it('tells the operator’s tools where the server is, and nobody else', () => {
    const held = DataDirectory.hold(folder.path);
    const file = join(folder.path, 'run', 'server.json');
    held.writeRunFile({ url: 'x', operator_token: 'secret' });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ url: 'x', operator_token: 'secret' });
    held.release();
    expect(existsSync(file)).toBe(false);
  });
  it('checks whether it can be written', async () => {
    const held = DataDirectory.hold(folder.path);
    expect(await held.check()).toBe('ok');
    folder.remove();
    expect(await held.check()).not.toBe('ok');
    held.release();
  });
});
