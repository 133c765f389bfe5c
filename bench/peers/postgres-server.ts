import { totalmem } from 'node:os';
import { join } from 'node:path';
import { PostgresMissing, startPostgresServer } from '../../server/test/postgres-server.ts';
import { PeerMissing, type PeerServer } from './peer.ts';

export const postgresUser = 'bench';
const mostSharedBuffersMiB = 4096;

/**
 * A PostgreSQL of our own on a free port. Every commit is synced. Checkpoints and autovacuum are put off beyond the end of a run: they
 * would fall into somebody else's, and being without them helps PostgreSQL. @throws PeerMissing
 */
export async function startPostgres(folder: string): Promise<PeerServer> {
  const sharedBuffers = `${Math.min(mostSharedBuffersMiB, Math.floor(totalmem() / 2 ** 20 / 4))}MB`;
  const settings = {
    fsync: 'on',
    synchronous_commit: 'on',
    shared_buffers: sharedBuffers,
    wal_level: 'minimal',
    max_wal_senders: '0',
    max_wal_size: '16GB',
    checkpoint_timeout: '1h',
    autovacuum: 'off',
    maintenance_work_mem: '512MB',
  };
  const logFile = join(folder, '..', 'postgres.log');
  const server = await startPostgresServer({ folder, logFile, superuser: postgresUser, settings }).catch((error: unknown) => {
    throw error instanceof PostgresMissing ? new PeerMissing(`PostgreSQL is not in the table. ${error.message}`, { cause: error }) : error;
  });
  return {
    port: server.port,
    settings: `PostgreSQL ${server.version}: fsync on, synchronous_commit on, shared_buffers ${sharedBuffers}, wal_level minimal, no checkpoints and no autovacuum while measuring, through pg`,
    stop: () => server.stop(),
  };
}
