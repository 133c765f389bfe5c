import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { compose, type ComposedServer, createLog } from './compose.ts';
import { ConfigError, readConfig, type Config } from './config/config.ts';
import { systemClock } from './kit/clock.ts';
import { exitCodes, StartRefused } from './kit/start-refused.ts';
import { isOfflineCommand, type OfflineSettings, runOfflineCommand } from './offline.ts';
import { ProfileStoreDamaged } from './profiles/profile-store.ts';
import { CatalogDamaged } from './storage/sql/catalog.ts';
import { DataDirectory, DataDirectoryInUse, DataDirectoryNotWritable } from './storage/files/data-directory.ts';

interface Arguments {
  readonly config: Config;
  readonly warnings: readonly string[];
  /** Never import the demo. */
  readonly empty: boolean;
  /** Work for the command line on this machine: any free loopback port, no first account. */
  readonly maintenance: boolean;
}

const usage =
  'usage: main.ts serve [--data DIR] [--host H] [--port N] [--empty] [--maintenance] | verify [--data DIR] | restore BACKUP [--data DIR]';

function readArguments(): Arguments {
  const flags = {
    data: { type: 'string' },
    host: { type: 'string' },
    port: { type: 'string' },
    empty: { type: 'boolean' },
    maintenance: { type: 'boolean' },
  } as const;
  try {
    const { values, positionals } = parseArgs({ options: flags, allowPositionals: true });
    if (positionals.join(' ') !== 'serve') throw new StartRefused(exitCodes.usage, usage);
    const { data, host, port, empty = false, maintenance = false } = values;
    const set = maintenance
      ? { host: '127.0.0.1', port: '0' }
      : { ...(host === undefined ? {} : { host }), ...(port === undefined ? {} : { port }) };
    const { config, warnings } = readConfig(process.env, { ...(data === undefined ? {} : { data }), ...set });
    return { config, warnings, empty, maintenance };
  } catch (error) {
    if (error instanceof StartRefused) throw error;
    if (error instanceof ConfigError) throw new StartRefused(exitCodes.usage, error.message, error);
    if ((error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS'))
      throw new StartRefused(exitCodes.usage, `${(error as Error).message.split('.')[0]}; ${usage}`, error);
    throw error;
  }
}

/** Other settings are not looked at: they have no part in work without a server. */
function readOfflineSettings(): OfflineSettings {
  const { FOYER_DATA, FOYER_DATABASE_URL } = process.env;
  try {
    return readConfig({ FOYER_DATA, FOYER_DATABASE_URL }).config;
  } catch (error) {
    throw error instanceof ConfigError ? new StartRefused(exitCodes.usage, error.message, error) : error;
  }
}

const isLoopbackHost = (host: string): boolean => host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));

/** Accounts whose passwords everybody knows must not be reachable from elsewhere (platform.md section 11). */
async function refuseTestPasswords(server: ComposedServer, config: Config): Promise<void> {
  if (config.allowWeak || isLoopbackHost(config.host)) return;
  const marked = await server.catalog.read
    .selectFrom('account')
    .select('username')
    .where('test_password', '=', 1)
    .where('state', '=', 'active')
    .orderBy('id')
    .executeTakeFirst();
  if (marked)
    throw new StartRefused(
      exitCodes.testPasswords,
      `the account '${marked.username}' has a test password that everybody knows, so the server does not listen on ${config.host}; change the password, or set FOYER_ALLOW_WEAK=1`,
    );
}

async function open(config: Config, directory: DataDirectory, log: ReturnType<typeof createLog>): Promise<ComposedServer> {
  try {
    const onRival = (): never => fail(new StartRefused(exitCodes.inUse, taken));
    const onProgress = (text: string): void => {
      process.send?.({ type: 'progress', text });
      log.info(text);
    };
    return await compose({ config, clock: systemClock, directory, log, onProgress, onRival });
  } catch (error) {
    if (error instanceof ProfileStoreDamaged || error instanceof CatalogDamaged)
      throw new StartRefused(
        exitCodes.damaged,
        `${error.message}; nothing was changed. Restore a backup, or keep the files and ask for help`,
        error,
      );
    throw error;
  }
}

/** The profiles' log is whole at any moment: ending at once is better than taking another write that a second server does not know of. */
const taken =
  "another server has taken the catalog while this one was cut off from the catalog's database; everything acknowledged is in the data directory";

async function listen(server: ComposedServer, config: Config): Promise<{ address: string; port: number }> {
  try {
    return await server.http.listen(config.host, config.port);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE')
      throw new StartRefused(
        exitCodes.portInUse,
        `port ${config.port} of ${config.host} is in use; stop what uses it or set FOYER_PORT`,
        error,
      );
    if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
      throw new StartRefused(
        exitCodes.usage,
        `cannot listen on ${config.host} port ${config.port} (${code}); set FOYER_HOST and FOYER_PORT`,
        error,
      );
    throw error;
  }
}

function hold(path: string): DataDirectory {
  try {
    return DataDirectory.hold(path);
  } catch (error) {
    if (error instanceof DataDirectoryInUse)
      throw new StartRefused(
        exitCodes.inUse,
        `the data directory ${error.message}; stop that one or set FOYER_DATA to another directory`,
        error,
      );
    if (error instanceof DataDirectoryNotWritable)
      throw new StartRefused(exitCodes.notWritable, `the data directory ${error.message}; set FOYER_DATA to one that can be`, error);
    throw error;
  }
}

async function serve({ config, warnings, empty, maintenance }: Arguments): Promise<void> {
  const directory = hold(resolve(config.data));
  let server: ComposedServer | undefined;
  stopOnSignals(directory, () => server);
  try {
    const log = createLog(config);
    server = await open(config, directory, log);
    for (const warning of warnings) log.warn(warning);
    await refuseTestPasswords(server, config);
    const nothingHeld = await holdsNothing(server);
    const operatorToken = server.sessions.createOperatorToken();
    const { address, port } = await listen(server, config);
    if (!isLoopbackHost(config.host) && !(/^https:/i.test(config.publicUrl) || config.trustProxy > 0)) log.warn(inTheClear);
    // Only now: a start that fails must not leave an account behind whose password nobody was shown.
    const firstAccount = maintenance ? undefined : await server.createFirstAccount();
    const url = urlOf(address, port);
    directory.writeRunFile({ url, operator_token: operatorToken, pid: process.pid });
    const demoWanted = firstAccount !== undefined && nothingHeld && !empty;
    process.send?.({
      type: 'ready',
      url,
      dataDirectory: directory.path,
      empty: nothingHeld,
      demoWanted,
      firstAccount: firstAccount ?? null,
    });
  } catch (error) {
    await server?.stop().catch(() => {});
    directory.release();
    throw error;
  }
}

const inTheClear =
  'listening beyond loopback without https: passwords and tokens travel in the clear. Put TLS in front and set FOYER_TRUST_PROXY or FOYER_PUBLIC_URL';

/** No member but the platform's, and no profiles. */
async function holdsNothing({ catalog, profiles }: ComposedServer): Promise<boolean> {
  const member = await catalog.read.selectFrom('member').select('id').where('primary_type', '!=', 'platform').executeTakeFirst();
  return member === undefined && profiles.stats().users === 0;
}

/** Where programs on this machine reach what listens on `address`. */
function urlOf(address: string, port: number): string {
  const reached = { '::': '::1', '0.0.0.0': '127.0.0.1' }[address] ?? address;
  return `http://${isIP(reached) === 6 ? `[${reached}]` : reached}:${port}`;
}

/**
 * SIGTERM and SIGINT: what is in flight is finished and synced, then exit 0; a start that is not done is given up. The end of a
 * parent that talks to us counts as one.
 */
function stopOnSignals(directory: DataDirectory, server: () => ComposedServer | undefined): void {
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    Promise.resolve(server()?.stop())
      .then(() => directory.release())
      .then(
        () => process.exit(0),
        (error: unknown) => fail(error),
      );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('disconnect', stop);
}

function fail(error: unknown): never {
  const refused = error instanceof StartRefused;
  const message = refused ? error.message : `the server failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  process.stderr.write(`foyer: ${message}\n`);
  process.exit(refused ? error.code : exitCodes.bug);
}

if (process.versions.node.split('.')[0] !== '24')
  fail(
    new StartRefused(
      exitCodes.usage,
      `this server runs on Node.js 24 and this is ${process.version}; npm start brings the right one along`,
    ),
  );
try {
  if (isOfflineCommand(process.argv[2])) await runOfflineCommand(process.argv.slice(2), readOfflineSettings());
  else await serve(readArguments());
} catch (error) {
  fail(error);
}
