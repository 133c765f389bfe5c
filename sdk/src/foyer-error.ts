/** The protocol's words for a refusal (platform.md section 1); a server may know more of them than this client. */
export type ErrorId =
  | 'SYNTAX'
  | 'NOAUTH'
  | 'NOAUTH_DISABLED'
  | 'NOAUTH_EXPIRED'
  | 'UNAUTH'
  | 'INTEGRITY'
  | 'LIMIT'
  | 'SYSTEM'
  | (string & {});

/** What an error answer says (platform.md section 1). Fields that a server left out are null. */
export interface ErrorAnswer {
  status: number;
  errorId: ErrorId | null;
  errorCode: string | null;
  message: string;
  /** Seconds to wait before the next try, from the Retry-After header. */
  retryAfterS: number | null;
}

/** The server answered, and refused. */
export class FoyerError extends Error {
  readonly status: number;
  /** For programs: what kind of refusal it is. */
  readonly errorId: ErrorId | null;
  readonly errorCode: string | null;
  readonly retryAfterS: number | null;

  constructor(answer: ErrorAnswer) {
    super(answer.message);
    this.name = 'FoyerError';
    this.status = answer.status;
    this.errorId = answer.errorId;
    this.errorCode = answer.errorCode;
    this.retryAfterS = answer.retryAfterS;
  }
}

/** The refusal that an answer is; `body` is its envelope's content, as far as it could be read. */
export function errorOf(status: number, headers: Headers, body: Readonly<Record<string, unknown>> | undefined): FoyerError {
  const text = (name: string): string | null => {
    const value = body?.[name];
    return typeof value === 'string' ? value : null;
  };
  const retryAfter = headers.get('retry-after');
  return new FoyerError({
    status,
    errorId: text('error_id'),
    errorCode: text('error_code'),
    message: text('error') ?? firstOf(body?.['errors']) ?? `HTTP ${status} without a readable body`,
    retryAfterS: retryAfter !== null && /^\d+$/.test(retryAfter) ? Number(retryAfter) : null,
  });
}

/** Refusals of uploads have a list of texts (ingest.md section 4.2). */
const firstOf = (texts: unknown): string | null => (Array.isArray(texts) && typeof texts[0] === 'string' ? texts[0] : null);
