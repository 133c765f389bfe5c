import { totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseProcess, findProgram, freePort, makeFolderFor, plainUser, runToEnd } from './database-process.ts';
import { PeerMissing, type PeerServer } from './peer.ts';

export const postgresUser = 'bench';
const mostSharedBuffersMiB = 4096;

/**
 * A PostgreSQL of our own on a free port. Every commit is synced. Checkpoints and autovacuum are put off beyond the end of a run: they
 * would fall into somebody else's, and being without them helps PostgreSQL. @throws PeerMissing
 */
export async function startPostgres(folder: string): Promise<PeerServer> {
  const program = findProgram('postgres', '/usr/lib/postgresql');
  if (program === undefined) throw new PeerMissing('PostgreSQL is not installed and not in the table: apt-get install postgresql-15');
  const initdb = findProgram('initdb', '/usr/lib/postgresql') ?? join(dirname(program), 'initdb');
  const user = plainUser();
  if (process.getuid?.() === 0 && user.uid === undefined)
    throw new PeerMissing('PostgreSQL is not in the table: it refuses to run as root, and there is no user postgres, redis or nobody');
  makeFolderFor(user, folder);
  const data = join(folder, 'cluster');
  const [, version = 'unknown'] = /(\d+\.\d+)/.exec(runToEnd(program, ['--version'], user, folder)) ?? [];
  runToEnd(initdb, ['-D', data, '-U', postgresUser, '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync'], user, folder);
  const port = await freePort();
  const sharedBuffers = `${Math.min(mostSharedBuffersMiB, Math.floor(totalmem() / 2 ** 20 / 4))}MB`;
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
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
  const args = ['-D', data, '-p', String(port), ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  const server = await DatabaseProcess.start({
    program,
    args,
    user,
    folder,
    port,
    logFile: join(folder, '..', 'postgres.log'),
    stopSignal: 'SIGINT',
    killSignal: 'SIGQUIT',
  });
  return {
    port,
    settings: `PostgreSQL ${version}: fsync on, synchronous_commit on, shared_buffers ${sharedBuffers}, wal_level minimal, no checkpoints and no autovacuum while measuring, through pg`,
    stop: () => server.stop(),
  };
}
