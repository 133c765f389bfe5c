/** Nobody answers, or the connection broke: it may be gone the next time. */
export class NetworkFault extends Error {
  override readonly name = 'NetworkFault';
}

/** The server answered, and refused. */
export class ProtocolRefusal extends Error {
  override readonly name = 'ProtocolRefusal';
  readonly status: number;
  /** The protocol's word (exchange.md section 2.1); null where the answer has none. */
  readonly code: string | null;
  /** From Retry-After; null where it is absent. */
  readonly retryAfterMs: number | null;

  constructor(message: string, answer: { readonly status: number; readonly code: string | null; readonly retryAfterMs: number | null }) {
    super(message);
    this.status = answer.status;
    this.code = answer.code;
    this.retryAfterMs = answer.retryAfterMs;
  }
}
