/**
 * Why a call to an endpoint failed: the codes of exchange-sharing.md section 7, as they stand in `error.code` of a job.
 * TOO_LARGE: the endpoint sends more than its part may have.
 */
export type PeerFaultCode =
  | 'PEER_TIMEOUT'
  | 'PEER_ERROR'
  | 'PEER_REFUSED'
  | 'SEGMENT_NOT_FOUND'
  | 'PEER_MALFORMED'
  | 'PEER_REDIRECT'
  | 'PEER_FAILED'
  | 'ADDRESS_REFUSED'
  | 'TOO_LARGE';

/** For the endpoint's engineer. Holds no URL, no header and no credentials. */
export interface PeerFaultDetails {
  readonly method: string;
  /** The path's template, such as `/v1/segments/{segmentId}/data`. */
  readonly path: string;
  /** Of the last answer; null where none came. */
  readonly status: number | null;
  /** The beginning of that answer; null where there is none. */
  readonly excerpt: string | null;
  /** What the network or the reader said, such as ECONNRESET; null where the status says it all. */
  readonly reason: string | null;
}

/** The last word of a call, after all attempts. `message` is a sentence for the person who set up the share. */
export class PeerFault extends Error {
  override readonly name = 'PeerFault';
  readonly code: PeerFaultCode;
  readonly details: PeerFaultDetails;
  /** True of what may pass by itself: time-outs, network errors, 408, 429 and 5xx. */
  readonly again: boolean;
  /** How long the endpoint asked to wait (Retry-After); undefined where it did not. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: PeerFaultCode,
    message: string,
    details: PeerFaultDetails,
    retry: { readonly again: boolean; readonly retryAfterMs?: number | undefined } = { again: false },
  ) {
    super(message);
    this.code = code;
    this.details = details;
    this.again = retry.again;
    this.retryAfterMs = retry.retryAfterMs;
  }
}

/** Which call is spoken of. */
export interface CallName {
  readonly method: string;
  readonly path: string;
}

/** Details of a call that got no answer, or none that could be read. */
export const detailsOf = (call: CallName, rest: Partial<Omit<PeerFaultDetails, keyof CallName>> = {}): PeerFaultDetails => ({
  method: call.method,
  path: call.path,
  status: rest.status ?? null,
  excerpt: rest.excerpt ?? null,
  reason: rest.reason ?? null,
});
