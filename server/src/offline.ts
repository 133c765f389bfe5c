import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { BackupDamaged } from './backup/backup-file.ts';
import { RestoreRefused, restoreBackup } from './backup/restore-backup.ts';
import { NoData, verifyData, type VerifyOptions } from './backup/verify-data.ts';
import { offlineEngines } from './compose.ts';
import { exitCodes, StartRefused } from './kit/start-refused.ts';
import { ProfileStoreDamaged } from './profiles/profile-store.ts';
import { DataDirectory, DataDirectoryInUse, DataDirectoryNotWritable } from './storage/files/data-directory.ts';
import { CatalogDamaged } from './storage/sql/verify-catalog.ts';

const commands: Readonly<Record<string, string>> = {
  verify: 'usage: main.ts verify [--data DIR]',
  restore: 'usage: main.ts restore BACKUP [--data DIR]',
};
const progressIntervalMs = 1000;

/** Work on a data directory that no server holds. */
export const isOfflineCommand = (word: string | undefined): word is string => word !== undefined && Object.hasOwn(commands, word);

/** What the environment sets. */
export interface OfflineSettings {
  readonly data: string;
  readonly databaseUrl: string;
}

/** Runs `verify` or `restore`: one JSON object on stdout, progress to the parent. Throws StartRefused for what a person can mend. */
export async function runOfflineCommand(argv: readonly string[], settings: OfflineSettings): Promise<void> {
  const { command, operand, data } = readArguments(argv, settings.data);
  // The parent is gone: nobody waits for the answer.
  const giveUp = (): never => process.exit(exitCodes.bug);
  process.on('disconnect', giveUp);
  const options: VerifyOptions = { engines: offlineEngines(settings.databaseUrl), onProgress: tellParent() };
  try {
    const result = command === 'verify' ? await verifyHeld(data, options) : await restoreBackup(operand, data, options);
    process.stdout.write(`${JSON.stringify(result)}\n`);
  } catch (error) {
    throw refusedBy(error);
  }
  process.off('disconnect', giveUp);
  if (process.connected) process.disconnect();
}

async function verifyHeld(data: string, options: VerifyOptions): Promise<object> {
  const hold = DataDirectory.holdForReading(data);
  try {
    return await verifyData(data, options);
  } finally {
    hold.release();
  }
}

interface Arguments {
  readonly command: string;
  readonly operand: string;
  readonly data: string;
}

function readArguments([command = '', ...rest]: readonly string[], configuredData: string): Arguments {
  const refused = (cause?: unknown): StartRefused => new StartRefused(exitCodes.usage, commands[command] ?? '', cause);
  let parsed;
  try {
    parsed = parseArgs({ args: rest, options: { data: { type: 'string' } }, allowPositionals: true });
  } catch (error) {
    throw refused(error);
  }
  const { positionals, values } = parsed;
  if (positionals.length !== (command === 'restore' ? 1 : 0) || values.data === '') throw refused();
  return { command, operand: resolve(positionals[0] ?? ''), data: resolve(values.data ?? configuredData) };
}

/** At most one line a second. */
function tellParent(): (text: string) => void {
  let toldAtMs = performance.now();
  return (text) => {
    if (performance.now() - toldAtMs < progressIntervalMs) return;
    toldAtMs = performance.now();
    if (process.connected) process.send?.({ type: 'progress', text });
  };
}

function refusedBy(error: unknown): unknown {
  if (error instanceof StartRefused) return error;
  if (error instanceof DataDirectoryInUse)
    return new StartRefused(exitCodes.inUse, `the data directory ${error.message}; stop it first`, error);
  if (error instanceof DataDirectoryNotWritable)
    return new StartRefused(exitCodes.notWritable, `the data directory ${error.message}`, error);
  if (error instanceof ProfileStoreDamaged || error instanceof CatalogDamaged || error instanceof BackupDamaged)
    return new StartRefused(exitCodes.damaged, `${error.message}; nothing was changed`, error);
  if (error instanceof NoData || error instanceof RestoreRefused) return new StartRefused(exitCodes.bug, error.message, error);
  const { code, message } = error as NodeJS.ErrnoException;
  return code === undefined || error instanceof TypeError ? error : new StartRefused(exitCodes.bug, message, error);
}
