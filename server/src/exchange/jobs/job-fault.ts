/** Why a job failed: a code of exchange-sharing.md section 7, a sentence for a marketer, and details for an engineer. */
export class JobFault extends Error {
  override readonly name = 'JobFault';
  readonly code: string;
  /** Null: the sentence says it all. */
  readonly details: string | null;

  constructor(code: string, message: string, details: string | null = null, options: { readonly cause?: unknown } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.details = details;
  }
}
