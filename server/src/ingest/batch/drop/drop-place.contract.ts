import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DropPlace, FileChanged, type FinishedFile, type SubmittedFile } from './drop-place.ts';

/** A place, and the senders' side of it. Paths are `10/submitted/name`. */
export interface OpenedPlace {
  readonly place: DropPlace;
  /** Puts a file there whole, at once, in place of whatever stands there. Parts of seconds are not kept everywhere. */
  put(path: string, content: string, modifiedMs: number): void;
  remove(path: string): void;
  /** Of all files. */
  contents(): Record<string, string>;
  close(): Promise<void>;
}

const anHourAgo = Math.floor(Date.now() / 1000) * 1000 - 3_600_000;
const folder = '10';
const jobId = 'a'.repeat(32);

/** What every engine of the port does. @param missing a place that is not there */
export function describeDropPlace(name: string, open: () => Promise<OpenedPlace>, missing: (opened: OpenedPlace) => DropPlace): void {
  describe(name, () => {
    const own = mkdtempSync(join(tmpdir(), 'foyer-drop-copy-'));
    const copy = join(own, 'upload');
    let opened: OpenedPlace;
    beforeEach(async () => {
      opened = await open();
      writeFileSync(copy, 'what was loaded');
    });
    afterEach(() => opened.close());
    afterAll(() => rmSync(own, { recursive: true }));

    const submitted = (file = 'list.txt'): string => `${folder}/submitted/${file}`;
    const put = (content: string, file = 'list.txt', modifiedMs = anHourAgo): void => opened.put(submitted(file), content, modifiedMs);
    const listed = async (): Promise<SubmittedFile[]> =>
      [...(await opened.place.submitted(folder)).files].sort((a, b) => (a.name < b.name ? -1 : 1));
    const only = async (): Promise<SubmittedFile> => {
      const [file, ...rest] = await listed();
      if (file === undefined || rest.length > 0) throw new Error('there should be one file');
      return file;
    };
    const finished = (file: SubmittedFile, more: Partial<FinishedFile> = {}): FinishedFile => ({
      name: file.name,
      version: file.version,
      end: 'done',
      newName: `${file.name}-${jobId}`,
      copy,
      ...more,
    });

    it('lists its folders, and what is in submitted, but nothing that is elsewhere or below', async () => {
      for (const path of ['10/submitted/b.gz', '10/submitted/a', '10/submitted/below/c', '10/done/d', '11/failed/e', 'f'])
        opened.put(path, 'xyz', anHourAgo);
      expect([...(await opened.place.folders())].sort()).toEqual(['10', '11']);
      expect(await listed()).toMatchObject([
        { name: 'a', bytes: 3, modifiedMs: anHourAgo },
        { name: 'b.gz', bytes: 3, modifiedMs: anHourAgo },
      ]);
      expect((await opened.place.submitted(folder)).ignored).toEqual([{ name: 'below', why: 'it is no file' }]);
      expect(await opened.place.submitted('11')).toEqual({ files: [], ignored: [] });
    });
    it('lists thousands of files', async () => {
      const names = Array.from({ length: 2345 }, (_, at) => `file-${String(at).padStart(4, '0')}`);
      for (const each of names) put('x', each);
      expect((await listed()).map((file) => file.name)).toEqual(names);
    });
    it('throws where it is not there', async () => {
      await expect(missing(opened).folders()).rejects.toThrow(/./);
    });

    const odd = ['a b+c%20', 'é ß İ 日本', "it's (1)! [2] *~", '<a&amp;b>', '#?=&;:@,$', `${'n'.repeat(220)}`];
    it.each(odd)('reads and moves a file with the name %s', async (file) => {
      put('content', file);
      const listedFile = await only();
      expect(listedFile.name).toBe(file);
      expect((await buffer(await opened.place.read(folder, listedFile))).toString()).toBe('content');
      await opened.place.finish(folder, finished(listedFile));
      expect(opened.contents()).toEqual({ [`10/done/${file}-${jobId}`]: 'content' });
    });
    it('ignores names with control characters, and says so', async () => {
      put('x', 'a\nb');
      put('x', 'c\u0001d');
      const { files, ignored } = await opened.place.submitted(folder);
      expect(files).toEqual([]);
      expect(ignored.map(({ why }) => why)).toEqual(Array(2).fill('its name has control characters'));
    });

    it('reads an empty file and one of many pieces', async () => {
      put('');
      expect((await buffer(await opened.place.read(folder, await only()))).length).toBe(0);
      const large = '0123456789abcdef'.repeat(200_000);
      put(large);
      expect((await buffer(await opened.place.read(folder, await only()))).toString()).toBe(large);
    });
    it.each([
      { what: 'gone', change: () => opened.remove(submitted()) },
      { what: 'been replaced', change: () => put('newer', 'list.txt', anHourAgo + 1000) },
    ])('does not read a file that has $what since it was listed', async ({ change }) => {
      put('old');
      const file = await only();
      change();
      const reading = async () => buffer(await opened.place.read(folder, file));
      await expect(reading()).rejects.toThrow(FileChanged);
    });

    describe('finish', () => {
      it.each(['done', 'failed'] as const)('moves a file to %s, and does nothing when it is asked again', async (end) => {
        put('content');
        const order = finished(await only(), { end });
        for (let times = 0; times < 3; times++) await opened.place.finish(folder, order);
        expect(opened.contents()).toEqual({ [`10/${end}/list.txt-${jobId}`]: 'content' });
      });
      it('leaves a newer file where it is, and keeps what was loaded', async () => {
        put('what was loaded');
        const order = finished(await only());
        put('newer', 'list.txt', anHourAgo + 1000);
        const newer = await only();
        for (let times = 0; times < 3; times++) await opened.place.finish(folder, order);
        expect(opened.contents()).toEqual({ [submitted()]: 'newer', [`10/done/list.txt-${jobId}`]: 'what was loaded' });
        expect(await only()).toEqual(newer);
      });
      it('leaves a newer file where it is where nothing is kept of what was refused', async () => {
        put('refused');
        const order = finished(await only(), { end: 'failed', copy: join(own, 'nothing') });
        put('newer', 'list.txt', anHourAgo + 1000);
        await opened.place.finish(folder, order);
        expect(opened.contents()).toEqual({ [submitted()]: 'newer' });
      });
      it('does not bring back what somebody took away', async () => {
        put('content');
        put('other', 'other');
        const [file] = await listed();
        if (file === undefined) throw new Error('there is a file');
        opened.remove(submitted());
        await opened.place.finish(folder, finished(file));
        expect(opened.contents()).toEqual({ [submitted('other')]: 'other' });
      });
      it('can move the same file under the same name again when another job took it', async () => {
        put('content');
        await opened.place.finish(folder, finished(await only()));
        put('content');
        await opened.place.finish(folder, finished(await only(), { newName: 'list.txt-b' }));
        expect(opened.contents()).toEqual({ [`10/done/list.txt-${jobId}`]: 'content', '10/done/list.txt-b': 'content' });
      });
    });
  });
}
