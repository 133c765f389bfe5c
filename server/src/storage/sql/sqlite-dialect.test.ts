import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../kit/clock.ts';
import { temporaryFolder } from '../../../test/running-server.ts';
import { Catalog, CatalogDamaged } from './catalog.ts';
import { SqliteWorkerDialect } from './sqlite-dialect.ts';

const folder = temporaryFolder('sqlite');
afterAll(() => folder.remove());

describe('a file that cannot be the catalog is refused, not waited for', () => {
  const openAt = (path: string) => Catalog.open(new SqliteWorkerDialect(path, 'os'), systemClock);
  it('because it is no database', async () => {
    const path = join(folder.path, 'garbage.sqlite');
    writeFileSync(path, 'x'.repeat(5000));
    await expect(openAt(path)).rejects.toThrow(CatalogDamaged);
  });
  it('because its folder does not exist', async () => {
    await expect(openAt(join(folder.path, 'nowhere', 'catalog.sqlite'))).rejects.toThrow('could not be brought up to date');
  });
});
