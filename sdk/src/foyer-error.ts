/** What an error answer says (platform.md section 1). Fields that a server left out are null. */
export interface ErrorAnswer {
  status: number;
  errorId: string | null;
  errorCode: string | null;
  message: string;
  /** Seconds to wait before the next try, from the Retry-After header. */
  retryAfterS: number | null;
}

/** The server answered, and refused. */
export class FoyerError extends Error {
  readonly status: number;
  readonly errorId: string | null;
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
