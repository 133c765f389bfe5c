import {
  appendFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../../test/running-server.ts';
import { DirectoryDrop } from './directory-drop.ts';
import { FileChanged } from './drop-place.ts';
import { describeDropPlace, type OpenedPlace } from './drop-place.contract.ts';

interface OpenedDirectory extends OpenedPlace {
  readonly path: string;
}

function openDirectory(): OpenedDirectory {
  const { path, remove } = temporaryFolder('drop');
  return {
    path,
    place: new DirectoryDrop(path),
    put(name, content, modifiedMs) {
      const file = join(path, name);
      mkdirSync(dirname(file), { recursive: true });
      const sent = join(path, 'sent');
      writeFileSync(sent, content);
      utimesSync(sent, modifiedMs / 1000, modifiedMs / 1000);
      renameSync(sent, file);
    },
    remove: (name) => rmSync(join(path, name)),
    contents: () =>
      Object.fromEntries(
        readdirSync(path, { recursive: true, encoding: 'utf8' })
          .filter((name) => lstatSync(join(path, name)).isFile())
          .map((name) => [name, readFileSync(join(path, name), 'utf8')]),
      ),
    async close() {
      remove();
    },
  };
}

describeDropPlace(
  'DirectoryDrop',
  async () => openDirectory(),
  (opened) => new DirectoryDrop(join((opened as OpenedDirectory).path, 'nowhere')),
);

describe('DirectoryDrop', () => {
  let opened = openDirectory();
  beforeEach(async () => {
    await opened.close();
    opened = openDirectory();
  });
  afterEach(() => opened.close());
  const at = (...parts: string[]): string => join(opened.path, ...parts);
  const order = { name: 'a', end: 'done', newName: 'a-1', copy: '/nothing' } as const;

  it('does not follow links: to files, to folders, in place of submitted or of a member', async () => {
    opened.put('secret/submitted/key', 'secret', 0);
    mkdirSync(at('10', 'submitted'), { recursive: true });
    symlinkSync(at('secret', 'submitted', 'key'), at('10', 'submitted', 'link'));
    symlinkSync(at('secret', 'submitted'), at('10', 'submitted', 'folder'));
    mkdirSync(at('11'));
    symlinkSync(at('secret', 'submitted'), at('11', 'submitted'));
    symlinkSync(at('secret'), at('12'));
    expect([...(await opened.place.folders())].sort()).toEqual(['10', '11', 'secret']);
    const { files, ignored } = await opened.place.submitted('10');
    expect([files, ignored.length, new Set(ignored.map(({ why }) => why))]).toEqual([[], 2, new Set(['it is a symbolic link'])]);
    expect(await opened.place.submitted('11')).toEqual({ files: [], ignored: [{ name: '', why: 'it is no folder' }] });
  });
  it('does not follow a link that took the place of a file, of submitted or of done', async () => {
    opened.put('secret/a', 'secret', 1000);
    opened.put('10/submitted/a', 'public', 1000);
    const [file] = (await opened.place.submitted('10')).files;
    if (file === undefined) throw new Error('there is a file');
    symlinkSync(at('secret'), at('10', 'done'));
    await expect(opened.place.finish('10', { ...order, version: file.version })).rejects.toThrow(/done is no folder/);
    rmSync(at('10', 'submitted', 'a'));
    symlinkSync(at('secret', 'a'), at('10', 'submitted', 'a'));
    await expect(buffer(await opened.place.read('10', file))).rejects.toThrow(FileChanged);
    rmSync(at('10', 'submitted'), { recursive: true });
    symlinkSync(at('secret'), at('10', 'submitted'));
    await expect(opened.place.read('10', file)).rejects.toThrow(FileChanged);
    rmSync(at('10', 'done'));
    await opened.place.finish('10', { ...order, version: file.version });
    expect([readdirSync(at('secret')), readdirSync(at('10'))]).toEqual([['a'], ['submitted']]);
  });
  it('does not hand out a file that grew while it was read', async () => {
    opened.put('10/submitted/a', 'x'.repeat(3_000_000), 1000);
    const [file] = (await opened.place.submitted('10')).files;
    if (file === undefined) throw new Error('there is a file');
    const pieces = (await opened.place.read('10', file))[Symbol.asyncIterator]();
    await pieces.next();
    appendFileSync(at('10', 'submitted', 'a'), 'more');
    const rest = async (): Promise<void> => {
      while ((await pieces.next()).done !== true);
    };
    await expect(rest()).rejects.toThrow(FileChanged);
  });
  it('gives back a newer file that a crash left where the older one was to go', async () => {
    opened.put('10/submitted/a', 'older', 1000);
    const [{ version = '' } = {}] = (await opened.place.submitted('10')).files;
    rmSync(at('10', 'submitted', 'a'));
    opened.put('10/done/a-1', 'newer', 2000);
    const copy = at('copy');
    writeFileSync(copy, 'older');
    for (let times = 0; times < 2; times++) await opened.place.finish('10', { ...order, version, copy });
    rmSync(copy);
    expect(opened.contents()).toEqual({ '10/submitted/a': 'newer', '10/done/a-1': 'older' });
    expect((await opened.place.submitted('10')).files).toMatchObject([{ modifiedMs: 2000 }]);
  });
  it('gives a file back even where nothing is kept of the older one', async () => {
    mkdirSync(at('10', 'submitted'), { recursive: true });
    opened.put('10/done/a-1', 'newer', 2000);
    await opened.place.finish('10', { ...order, version: '1000-5' });
    expect(opened.contents()).toEqual({ '10/submitted/a': 'newer' });
  });
  it('takes a time of change in the future for the time at which the file came', async () => {
    const nowMs = Date.now();
    opened.put('10/submitted/a', 'x', nowMs + 3_600_000);
    const [file] = (await opened.place.submitted('10')).files;
    expect(file?.modifiedMs).toBeLessThanOrEqual(Date.now());
    expect(file?.modifiedMs).toBeGreaterThan(nowMs - 60_000);
  });
  it('keeps finished files from other users of the machine', async () => {
    opened.put('10/submitted/a', 'x', 1000);
    const [{ version = '' } = {}] = (await opened.place.submitted('10')).files;
    await opened.place.finish('10', { ...order, version });
    expect(lstatSync(at('10', 'done')).mode & 0o007).toBe(0);
  });
  it('has nothing to finish where submitted has gone', async () => {
    opened.put('10/else', 'x', 1000);
    await opened.place.finish('10', { ...order, version: '1-1' });
    expect(existsSync(at('10', 'done'))).toBe(false);
  });
});
