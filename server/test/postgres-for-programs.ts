/** A PostgreSQL for programs and system tests, which start servers as processes of their own. */
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { startPostgresServer } from './postgres-server.ts';
import { temporaryFolder } from './running-server.ts';

/** What is synced does not matter here: no test pulls the plug. */
const settings = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off', shared_buffers: '128MB', max_connections: '200' };

export interface TestPostgres {
  /** Without a database; there is one named postgres, which is empty. */
  readonly url: string;
  /** As when the database's machine goes: nobody answers until it is started again, at the same address. */
  readonly stop: () => Promise<void>;
  readonly startAgain: () => Promise<void>;
  /** Stops it and removes all that it holds. */
  readonly remove: () => Promise<void>;
}

export async function startTestPostgres(): Promise<TestPostgres> {
  const folder = temporaryFolder('postgres');
  // The database runs as a user of its own and must get to its folder below.
  chmodSync(folder.path, 0o711);
  const options = { folder: join(folder.path, 'server'), logFile: join(folder.path, 'postgres.log'), superuser: 'foyer', settings };
  let server = await startPostgresServer(options);
  const { port } = server;
  return {
    url: `postgres://foyer@127.0.0.1:${port}`,
    stop: () => server.stop(),
    async startAgain() {
      server = await startPostgresServer({ ...options, port });
    },
    async remove() {
      await server.stop();
      folder.remove();
    },
  };
}

/** @param work gets the address of an empty database */
export async function withPostgres<T>(work: (url: string) => Promise<T>): Promise<T> {
  const postgres = await startTestPostgres();
  try {
    return await work(`${postgres.url}/postgres`);
  } finally {
    await postgres.remove();
  }
}
