import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { SqliteReply, SqliteRequest } from './sqlite-protocol.ts';

/**
 * The thread that owns the SQLite file. node:sqlite is synchronous, so it lives here and never on the thread that answers HTTP.
 * One message is one statement; answers carry the request's number.
 */
const { file } = workerData as { readonly file: string };
const database = new DatabaseSync(file);
database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000;');

const statements = new Map<string, StatementSync>();
const statementLimit = 500;

function prepared(sql: string): StatementSync {
  const known = statements.get(sql);
  if (known) return known;
  if (statements.size >= statementLimit) statements.clear();
  const statement = database.prepare(sql);
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
    database.close();
    parentPort?.close();
    return;
  }
  parentPort?.postMessage(execute(request));
});
