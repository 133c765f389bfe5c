import { join } from 'node:path';
import { Kysely } from 'kysely';
import { afterAll, expect, it } from 'vitest';
import { temporaryFolder } from '../../../../test/running-server.ts';
import { SqliteWorkerDialect } from '../sqlite-dialect.ts';
import * as catalog0001 from './0001-catalog.ts';
import * as task0007 from './0007-task.ts';

interface Tables {
  segment_drop: { segment_id: number };
  task: { id: number; kind: string; state: string; subject_id: number };
  id_sequence: { name: string; next_id: number };
}

const folder = temporaryFolder('task-migration');
afterAll(() => folder.remove());

it.each([[[]], [[7, 9]]])('makes a waiting sweep of each deleted segment that was still to be dropped: %j', async (dropped) => {
  const db = new Kysely<Tables>({ dialect: new SqliteWorkerDialect(join(folder.path, `${dropped.length}.sqlite`), 'os') });
  await catalog0001.up(db as Kysely<unknown>);
  for (const segment of dropped) await db.insertInto('segment_drop').values({ segment_id: segment }).execute();
  await task0007.up(db as Kysely<unknown>);
  expect(await db.selectFrom('task').select(['id', 'kind', 'state', 'subject_id']).orderBy('id').execute()).toEqual(
    dropped.map((segment, i) => ({ id: i + 1, kind: 'sweep-segment', state: 'waiting', subject_id: segment })),
  );
  const sequence = await db.selectFrom('id_sequence').selectAll().execute();
  expect(sequence).toEqual(dropped.length === 0 ? [] : [{ name: 'task', next_id: dropped.length + 1 }]);
  await db.destroy();
});
