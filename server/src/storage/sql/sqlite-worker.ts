import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { SqlitePlace, SqliteReply, SqliteRequest } from './sqlite-protocol.ts';

/**
 * A thread with a connection to the SQLite file. node:sqlite is synchronous, so it lives here and never on the thread that answers HTTP.
 * One message is one statement; answers carry the request's number.
 */
const { file, durability } = workerData as SqlitePlace;
const synchronous = durability === 'os' ? 'NORMAL' : 'FULL';
let connection: DatabaseSync | undefined;

/** Opened with the first statement, so that threads start side by side and a file that cannot be opened is that statement's error. */
function opened(): DatabaseSync {
  if (connection) return connection;
  const database = new DatabaseSync(file);
  // In KiB: the indexes of 100,000 segments, which many new ones would read from the file again and again otherwise.
  database.exec('PRAGMA cache_size = -32768');
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000;`);
  // What is deleted, such as logs that name users, is overwritten (ingest.md section 1.6).
  database.exec('PRAGMA secure_delete = ON;');
  connection = database;
  return database;
}

const statements = new Map<string, StatementSync>();
const statementLimit = 500;

function prepared(sql: string): StatementSync {
  const known = statements.get(sql);
  if (known) return known;
  if (statements.size >= statementLimit) statements.clear();
  const statement = opened().prepare(sql);
  statements.set(sql, statement);
  return statement;
}

function execute(request: SqliteRequest): SqliteReply {
  try {
    const statement = prepared(request.sql);
    const parameters = request.parameters as SQLInputValue[];
    if (statement.columns().length > 0) return { id: request.id, rows: statement.all(...parameters), changes: 0 };
    return { id: request.id, rows: [], changes: Number(statement.run(...parameters).changes) };
  } catch (error) {
    const { message, code, errcode } = error as Error & { code?: string; errcode?: number };
    return { id: request.id, error: { message, code: `${code ?? 'SQLITE'} ${errcode ?? ''}`.trim() } };
  }
}

parentPort?.on('message', (request: SqliteRequest | 'close') => {
  if (request === 'close') {
    connection?.close();
    parentPort?.close();
    return;
  }
  parentPort?.postMessage(execute(request));
});
