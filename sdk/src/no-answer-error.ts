/** No answer came: nobody listens there, the connection broke, or it took too long. `cause` says which. */
export class NoAnswerError extends Error {
  readonly url: string;

  constructor(url: string, cause: unknown) {
    super(`no answer from ${url}: ${reasonOf(cause)}`, { cause });
    this.name = 'NoAnswerError';
    this.url = url;
  }
}

/** fetch wraps what happened ("fetch failed"); the inner error names it. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const inner = cause.cause;
  if (inner instanceof Error) {
    const code = 'code' in inner ? String(inner.code) : '';
    return inner.message === '' ? code : inner.message;
  }
  return cause.message;
}
