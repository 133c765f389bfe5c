import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Conditions, S3Server } from '../../../../test/s3-server.ts';
import { FileChanged } from './drop-place.ts';
import { describeDropPlace, type OpenedPlace } from './drop-place.contract.ts';
import { isS3Address, S3Drop } from './s3-drop.ts';

const keys = { accessKeyId: 'AKIDTEST', secretAccessKey: 'a secret/of+letters' };
const bucket = 'drop-bucket';

beforeAll(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', keys.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', keys.secretAccessKey);
  vi.stubEnv('AWS_REGION', 'eu-central-1');
});
afterAll(() => {
  vi.unstubAllEnvs();
});

interface OpenedBucket extends OpenedPlace {
  readonly server: S3Server;
}

async function openBucket(conditions: Conditions, prefix = 'some/where'): Promise<OpenedBucket> {
  const server = await S3Server.start({ ...keys, bucket, conditions });
  const place = new S3Drop(`s3://${bucket}/${prefix}`, server.url);
  const inside = prefix === '' ? '' : `${prefix.replace(/\/+$/, '')}/`;
  return {
    server,
    place,
    put: (path, content, modifiedMs) => void server.put(inside + path, content, modifiedMs),
    remove: (path) => void server.objects.delete(inside + path),
    contents: () => Object.fromEntries([...server.objects].map(([key, { body }]) => [key.slice(inside.length), body.toString()])),
    async close() {
      place.close();
      await server.stop();
    },
  };
}

const missing = (opened: OpenedPlace) => new S3Drop('s3://no-such-bucket', (opened as OpenedBucket).server.url);
for (const conditions of ['kept', 'ignored', 'refused'] as const)
  describeDropPlace(`S3Drop, on a store where conditions are ${conditions}`, () => openBucket(conditions), missing);
describeDropPlace('S3Drop, on a whole bucket', () => openBucket('kept', ''), missing);
describeDropPlace('S3Drop, with slashes behind its prefix', () => openBucket('kept', 'some/where//'), missing);

describe('S3Drop', () => {
  const order = { name: 'a', end: 'done', newName: 'a-1', copy: '/nothing' } as const;

  it.each(['kept', 'ignored', 'refused'] as const)(
    'never deletes an object that came while another one was moved, on a store where conditions are %s',
    async (conditions) => {
      for (const moment of ['HEAD', 'COPY']) {
        const opened = await openBucket(conditions, '');
        try {
          opened.put('10/submitted/a', 'old', 0);
          const [{ version = '' } = {}] = (await opened.place.submitted('10')).files;
          let replaced = false;
          opened.server.onRequest = (what) => {
            if (replaced || what !== `${moment} 10/${moment === 'COPY' ? 'done/a-1' : 'submitted/a'}`) return;
            replaced = true;
            queueMicrotask(() => opened.put('10/submitted/a', 'newer', 0));
          };
          await opened.place.finish('10', { ...order, version });
          expect(replaced).toBe(true);
          expect(opened.contents()['10/submitted/a'], moment).toBe('newer');
        } finally {
          await opened.close();
        }
      }
    },
  );
  it('deletes under a condition where the store knows such', async () => {
    const opened = await openBucket('kept', '');
    try {
      opened.put('10/submitted/a', 'old', 0);
      const [{ version = '' } = {}] = (await opened.place.submitted('10')).files;
      opened.server.onRequest = (what) => {
        if (what.startsWith('DELETE')) opened.put('10/submitted/a', 'newer', 0);
      };
      await opened.place.finish('10', { ...order, version });
      expect(opened.contents()).toEqual({ '10/submitted/a': 'newer', '10/done/a-1': 'old' });
    } finally {
      await opened.close();
    }
  });
  it('goes on where a crash came between copying and deleting', async () => {
    const opened = await openBucket('kept', '');
    try {
      for (const path of ['10/submitted/a', '10/done/a-1']) opened.put(path, 'content', 0);
      const [{ version = '' } = {}] = (await opened.place.submitted('10')).files;
      await opened.place.finish('10', { ...order, version });
      expect(opened.contents()).toEqual({ '10/done/a-1': 'content' });
    } finally {
      await opened.close();
    }
  });
  it('does not take the object that stands for a folder as a file', async () => {
    const opened = await openBucket('kept');
    try {
      for (const path of ['10/', '10/submitted/']) opened.put(path, '', 0);
      expect(await opened.place.folders()).toEqual(['10']);
      expect(await opened.place.submitted('10')).toEqual({ files: [], ignored: [] });
    } finally {
      await opened.close();
    }
  });
  it('says what is wrong where its key is', async () => {
    const opened = await openBucket('kept');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'another');
    try {
      await expect(opened.place.folders()).rejects.toThrow(expect.objectContaining({ name: 'SignatureDoesNotMatch' }));
    } finally {
      vi.stubEnv('AWS_SECRET_ACCESS_KEY', keys.secretAccessKey);
      await opened.close();
    }
  });
  it('throws FileChanged for a file that a store without conditions hands out in its newer version', async () => {
    const opened = await openBucket('ignored');
    try {
      opened.put('10/submitted/a', 'newer', 0);
      await expect(opened.place.read('10', { name: 'a', bytes: 1, modifiedMs: 0, version: 'old' })).rejects.toThrow(FileChanged);
    } finally {
      await opened.close();
    }
  });
  it('knows its addresses from directories', () => {
    expect(['s3://bucket', 's3://bucket/', 's3://b/p/q', '/s3', './s3:', 's3:/x', 's3://', ''].map(isS3Address)).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
      false,
      false,
    ]);
  });
});
