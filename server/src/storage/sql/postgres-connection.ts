import { Client, type ClientConfig, types as builtInTypes } from 'pg';
import { CatalogUnavailable } from './catalog-unavailable.ts';
import type { StatementResult } from './one-writer-driver.ts';

/** Which database, and how it is used. */
export interface PostgresPlace {
  /** `postgres://USER:PASSWORD@HOST:PORT/DATABASE`. Secret. */
  readonly url: string;
  /** `os`: a change is acknowledged before the database has synced it. */
  readonly durability: 'fsync' | 'os';
  /** Connections that read side by side. */
  readonly readers: number;
}

/** A statement that PostgreSQL refused. Only message and code: its details hold whole rows, and with them password hashes. */
export class PostgresError extends Error {
  override readonly name = 'PostgresError';
  readonly code: string;
  constructor(message: string, code: string) {
    super(`${message} (${code})`);
    this.code = code;
  }
}

/** A statement that takes longer is given up by the database. Long work is many statements. */
const statementTimeoutMs = 30_000;
/** Without an answer for so long the connection counts as dead: the database would have given up before. */
const answerTimeoutMs = statementTimeoutMs + 5_000;
const connectTimeoutMs = 5_000;

/** int8 and numeric (sums) become numbers: the catalog holds nothing beyond 2^53. */
const numberTypes = new Set([20, 1700]);
const catalogTypes: NonNullable<ClientConfig['types']> = {
  getTypeParser: ((oid: number, format?: 'text') =>
    numberTypes.has(oid) ? Number : builtInTypes.getTypeParser(oid, format)) as typeof builtInTypes.getTypeParser,
};

/** What every connection is opened with. */
export const connectionConfig = ({ url, durability }: Pick<PostgresPlace, 'url' | 'durability'>): ClientConfig => ({
  connectionString: url,
  application_name: 'foyer',
  connectionTimeoutMillis: connectTimeoutMs,
  query_timeout: answerTimeoutMs,
  keepAlive: true,
  keepAliveInitialDelayMillis: 10_000,
  types: catalogTypes,
  // Set here and not after connecting: that would be one more round trip. The last three let the database notice a machine that is gone.
  options: Object.entries({
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: 60_000,
    // Left alone otherwise: the database may wait for its standbys too.
    ...(durability === 'os' ? { synchronous_commit: 'off' } : {}),
    tcp_keepalives_idle: 10,
    tcp_keepalives_interval: 5,
    tcp_keepalives_count: 4,
  })
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' '),
});

/** Opens a connection. @throws CatalogUnavailable where there is no such database or it does not answer */
export async function connect(place: Pick<PostgresPlace, 'url' | 'durability'>): Promise<Client> {
  const client = new Client(connectionConfig(place));
  // Without a listener the end of an idle connection would end the process; whoever holds it listens for `end`.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    await client.end().catch(() => undefined);
    throw failureOf(error);
  }
  return client;
}

/** PostgreSQL's text has no zero character, so nothing stored holds one: a comparison with this finds as little. */
const noSuchCharacter = '\uffff';

const sendable = (value: unknown): unknown =>
  typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', noSuchCharacter) : value;

/** Statements that a connection keeps planned. Lists of ids make a statement for each length: beyond this they are planned each time. */
const mostNames = 300;
const mostNamedParameters = 40;
const names = new Map<string, string>();

/** The same statement has the same name on every connection: planning one takes longer than running it. */
function nameOf(text: string, parameters: readonly unknown[]): string | undefined {
  if (parameters.length === 0 || parameters.length > mostNamedParameters) return undefined;
  const known = names.get(text);
  if (known !== undefined || names.size >= mostNames) return known;
  const name = `foyer_${names.size}`;
  names.set(text, name);
  return name;
}

/** Runs one statement. @param patienceMs where not the usual one @throws CatalogUnavailable, PostgresError */
export async function runOn(
  client: { query: Client['query'] },
  text: string,
  parameters: readonly unknown[],
  patienceMs?: number,
): Promise<StatementResult> {
  const name = nameOf(text, parameters);
  try {
    const { rows, rowCount } = await client.query<object>({
      text,
      values: parameters.map(sendable),
      ...(name === undefined ? {} : { name }),
      ...(patienceMs === undefined ? {} : { query_timeout: patienceMs }),
    });
    return { rows, changes: rowCount ?? 0 };
  } catch (error) {
    throw failureOf(error);
  }
}

/**
 * By PostgreSQL's classes of codes: connection (08), resources (53), the operator (57), the system (58), login (28), and the single
 * ones for a standby, a lock that was not given and a transaction that stood in another's way: nothing was done, try again.
 */
const passing = /^(?:08|53|57|58|28)|^(?:25006|3D000|40001|40P01|55P03)$/;

/** Nobody hears from the database any more, or it has never been heard of. */
export class ConnectionLost extends CatalogUnavailable {
  override readonly name = 'ConnectionLost';
}

/** The database's own words for what went wrong, without anything of the statement. */
export function failureOf(error: unknown): Error {
  if (error instanceof CatalogUnavailable || error instanceof PostgresError) return error;
  const { message, code, severity } = error as Error & { code?: string; severity?: string };
  if (severity === undefined) return new ConnectionLost(code === undefined || message.includes(code) ? message : `${message} (${code})`);
  if (severity === 'FATAL' || severity === 'PANIC') return new ConnectionLost(`${message} (${code})`);
  return passing.test(code ?? '') ? new CatalogUnavailable(`${message} (${code})`) : new PostgresError(message, code ?? 'XX000');
}
