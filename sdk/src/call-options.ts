export type QueryValue = string | number | boolean;

/** Lists are sent by comma. */
export type QueryValues = QueryValue | readonly QueryValue[];

/** What is undefined is not sent. */
export type Query = Readonly<Record<string, QueryValues | undefined>>;

/** Of an operation that knows no parameters. */
export type NoQuery = Readonly<Record<string, never>>;

/** How one call is made. */
export interface CallOptions {
  /** Gives the call up, wherever it is: the abort's reason is thrown. */
  readonly signal?: AbortSignal;
  /** Milliseconds until the call is given up, with all its repeats and waits. Default: the client's. */
  readonly timeoutMs?: number;
  /** How often the call may be repeated. Default: the client's. */
  readonly retries?: number;
  /** The call may be sent twice without harm, although it is a POST: then it is repeated after any network error. */
  readonly repeatable?: boolean;
  /** Sent as `Idempotency-Key`: of all calls with the same key the server does one, so a call with a key is repeatable. */
  readonly idempotencyKey?: string;
}

export interface RequestOptions extends CallOptions {
  readonly query?: Query;
  /** A string or bytes go as they are, anything else as JSON. */
  readonly body?: unknown;
  /** Without a token: the route is for everybody. */
  readonly anonymous?: boolean;
}

/** `?a=1&b=2,3`, or nothing. */
export function queryText(query: Query | undefined): string {
  const pairs = Object.entries(query ?? {}).filter(([, value]) => value !== undefined);
  if (pairs.length === 0) return '';
  return '?' + pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`).join('&');
}

/** What fetch sends. */
export function bodyBytes(body: unknown): string | Uint8Array<ArrayBuffer> {
  if (typeof body === 'string') return body;
  if (body instanceof Uint8Array) return body as Uint8Array<ArrayBuffer>;
  return JSON.stringify(body);
}
