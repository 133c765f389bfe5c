import { DatabaseSync } from 'node:sqlite';
import { CommandFailure } from '../command-failure.ts';
import { toolkitExitCodes } from './toolkit-exit-codes.ts';

/** Held for one run of a script. `takenOver` is the process that held it last and died with it. */
export interface ToolkitLock {
  readonly takenOver: number | null;
  release(): void;
}

/**
 * One run of a script at a time for each configuration: `CONFIG.SCRIPT.lock`. The operating system holds the lock for the life of the
 * process, through an empty database: a lock that a dead process left is free, without a guess at process ids. Throws CommandFailure
 * (partial) where another process holds it, (config) where the file cannot be written.
 */
export function takeLock(configPath: string, script: string): ToolkitLock {
  const path = `${configPath}.${script}.lock`;
  const database = openLock(path);
  try {
    database.exec('CREATE TABLE IF NOT EXISTS holder (process INTEGER NOT NULL)');
    const before = holderOf(database);
    database.exec(`BEGIN IMMEDIATE; DELETE FROM holder; INSERT INTO holder VALUES (${process.pid}); COMMIT; BEGIN IMMEDIATE`);
    return { takenOver: before, release: () => release(database) };
  } catch (error) {
    const holder = holderOf(database);
    database.close();
    if (!isBusy(error)) throw unusable(path, error);
    const who = holder === null ? '' : ` (process ${holder})`;
    const text = `another ${script} with ${configPath} is running${who}; this one does nothing`;
    throw new CommandFailure(text, toolkitExitCodes.partial, { cause: error });
  }
}

function openLock(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path, { timeout: 0 });
  } catch (error) {
    throw unusable(path, error);
  }
}

function release(database: DatabaseSync): void {
  database.exec('DELETE FROM holder; COMMIT');
  database.close();
}

function holderOf(database: DatabaseSync): number | null {
  try {
    const row = database.prepare('SELECT process FROM holder').get();
    return typeof row?.['process'] === 'number' ? row['process'] : null;
  } catch {
    return null;
  }
}

const sqliteBusy = 5;
const isBusy = (error: unknown): boolean => error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy;

const unusable = (path: string, error: unknown): CommandFailure =>
  new CommandFailure(`cannot lock ${path}: ${error instanceof Error ? error.message : String(error)}`, toolkitExitCodes.config, {
    cause: error,
  });
