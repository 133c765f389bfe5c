import { join } from 'node:path';
import { DatabaseProcess, findProgram, freePort, makeFolderFor, plainUser, runToEnd } from '../../server/test/database-process.ts';
import { PeerMissing, type PeerServer } from './peer.ts';

/**
 * A Redis of our own on a free port, with an append-only file synced every second. Snapshots and rewrites of the file are off: they would
 * fork in the middle of somebody's run, and being without them helps Redis. @throws PeerMissing
 */
export async function startRedis(folder: string): Promise<PeerServer> {
  const program = findProgram('redis-server') ?? findProgram('valkey-server');
  if (program === undefined) throw new PeerMissing('Redis is not installed and not in the table: apt-get install redis-server');
  const user = plainUser();
  makeFolderFor(user, folder);
  const version = /v=(\S+)/.exec(runToEnd(program, ['--version'], user, folder))?.[1] ?? 'unknown';
  const port = await freePort();
  const options = { bind: '127.0.0.1', port, dir: folder, appendonly: 'yes', appendfsync: 'everysec', 'auto-aof-rewrite-percentage': 0 };
  const args = [...Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]), '--save', ''];
  const server = await DatabaseProcess.start({
    program,
    args,
    user,
    folder,
    port,
    logFile: join(folder, '..', 'redis.log'),
    stopSignal: 'SIGTERM',
    killSignal: 'SIGKILL',
  });
  return {
    port,
    settings: `Redis ${version}: appendonly yes, appendfsync everysec (always where it says so), no snapshots, no rewrites, through ioredis`,
    stop: () => server.stop(),
  };
}
