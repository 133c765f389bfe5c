/** No answer came: nobody listens there, the connection broke, or it took too long. `cause` says which. */
export class NoAnswerError extends Error {
  readonly url: string;
  /** The connection was never made, so the server has not seen the request. False where that is not certain (as in browsers). */
  readonly neverSent: boolean;
  /** A fault of the network, which may be gone the next time; not an address that cannot be called at all. */
  readonly transient: boolean;

  constructor(url: string, cause: unknown) {
    super(`no answer from ${url}: ${reasonOf(cause)}`, { cause });
    this.name = 'NoAnswerError';
    this.url = url;
    const inner = cause instanceof Error ? cause.cause : undefined;
    this.neverSent = isConnectFault(inner);
    this.transient = cause instanceof TypeError && (inner === undefined || isNetworkFault(inner));
  }
}

/** fetch wraps what happened ("fetch failed"); the inner error names it. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const inner = cause.cause;
  if (!(inner instanceof Error)) return cause.message;
  return inner.message === '' ? textOf(inner, 'code') : inner.message;
}

const textOf = (error: object, name: string): string => (name in error ? String((error as Record<string, unknown>)[name]) : '');

/** Several addresses of one host fail together, as one AggregateError. */
function isConnectFault(inner: unknown): boolean {
  if (inner instanceof AggregateError) return inner.errors.length > 0 && inner.errors.every(isConnectFault);
  if (!(inner instanceof Error)) return false;
  return textOf(inner, 'code') === 'UND_ERR_CONNECT_TIMEOUT' || ['connect', 'getaddrinfo'].includes(textOf(inner, 'syscall'));
}

/** ECONNRESET, UND_ERR_SOCKET and the like; codes that begin with ERR_ are Node's own refusals of what it was given. */
function isNetworkFault(inner: unknown): boolean {
  if (!(inner instanceof Error)) return false;
  const code = textOf(inner, 'code');
  return code !== '' && !code.startsWith('ERR_');
}
