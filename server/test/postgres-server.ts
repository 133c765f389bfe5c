import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { DatabaseProcess, findProgram, freePort, makeFolderFor, plainUser, runToEnd } from './database-process.ts';

/** PostgreSQL cannot be started here; the message says what to install. */
export class PostgresMissing extends Error {
  override readonly name = 'PostgresMissing';
}

export interface PostgresServer {
  readonly port: number;
  readonly version: string;
  stop(): Promise<void>;
}

export interface PostgresOptions {
  /** Is made where it is missing, and handed to the user that the database runs as. */
  readonly folder: string;
  readonly logFile: string;
  readonly superuser: string;
  readonly settings: Readonly<Record<string, string>>;
  /** Another start of the same folder: its cluster is there. */
  readonly port?: number;
}

const debianFolder = '/usr/lib/postgresql';

/** A PostgreSQL of our own on a free loopback port, as a plain user, ended with this process. @throws PostgresMissing */
export async function startPostgresServer({ folder, logFile, superuser, settings, port }: PostgresOptions): Promise<PostgresServer> {
  const program = findProgram('postgres', debianFolder);
  if (program === undefined) throw new PostgresMissing('PostgreSQL is not installed: apt-get install postgresql');
  const user = plainUser();
  if (process.getuid?.() === 0 && user.uid === undefined)
    throw new PostgresMissing(
      'PostgreSQL refuses to run as root, and there is no user postgres, redis or nobody: apt-get install postgresql',
    );
  makeFolderFor(user, folder);
  const data = join(folder, 'cluster');
  const [, version = 'unknown'] = /(\d+\.\d+)/.exec(runToEnd(program, ['--version'], user, folder)) ?? [];
  if (port === undefined) {
    const initdb = findProgram('initdb', debianFolder) ?? join(dirname(program), 'initdb');
    runToEnd(initdb, ['-D', data, '-U', superuser, '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync'], user, folder);
  }
  const listenPort = port ?? (await freePort());
  const all = { listen_addresses: '127.0.0.1', unix_socket_directories: '', ...settings };
  const args = ['-D', data, '-p', String(listenPort), ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  const signals = { stopSignal: 'SIGINT', killSignal: 'SIGQUIT' } as const;
  const server = await DatabaseProcess.start({ program, args, user, folder, port: listenPort, logFile, ...signals });
  await accepting(`postgres://${superuser}@127.0.0.1:${listenPort}/postgres`);
  return { port: listenPort, version, stop: () => server.stop() };
}

/** It listens before it takes connections. */
async function accepting(url: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    const client = new Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (tries > 200) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
