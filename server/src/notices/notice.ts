/** What notices tell of (additions.md section 7). */
export type NoticeKind =
  | 'segment-revoked'
  | 'grace-expired'
  | 'schedule-disabled'
  | 'limit'
  | 'access-requested'
  | 'access-decided'
  | 'application-decided';

export type Severity = 'info' | 'warning' | 'error';

/** Why a buyer sees segments no longer (activation.md section 6). */
export type RevocationReason = 'unshared' | 'mapping-ended' | 'deactivated' | 'deleted';

/** What `segment-revoked` says beside the usual. The lists of profiles and campaigns hold the receiver's own ids. */
export interface Revocation {
  readonly reason: RevocationReason;
  readonly dataMemberId: number;
  /** By id. */
  readonly segments: readonly { readonly id: number; readonly name: string | null }[];
  /** Epoch milliseconds. */
  readonly effectiveOnMs: number;
  readonly endsTargeting: boolean;
  readonly profiles: readonly number[];
  readonly campaignsIncluding: readonly number[];
  readonly campaignsExcluding: readonly number[];
}

export interface NewNotice {
  /** The member that is told. */
  readonly to: number;
  readonly kind: NoticeKind;
  readonly severity: Severity;
  /** For people; names no other member than by its id, because names may be private. */
  readonly text: string;
  readonly subject: { readonly type: string; readonly id: number } | null;
  readonly details: Readonly<Record<string, string | number | boolean | null>>;
  /** The receiver is told of it once. Without it the transaction itself is the cause. */
  readonly cause?: string;
  readonly revocation?: Revocation;
}

/** The steps of a limit at which its member is told, in percent. */
const limitSteps = [100, 95, 85] as const;

/** The highest step that `value` has reached; 0 below the first one, or where there is no limit. */
export function stepReached(value: number, maximum: number | null): number {
  if (maximum === null || maximum === 0) return 0;
  return limitSteps.find((percent) => value * 100 >= maximum * percent) ?? 0;
}

const msPerDay = 86_400_000;

/** A step of a limit is told once in its period: a UTC day for limits that have none of their own. */
export function limitNotice(
  limit: { readonly name: string; readonly of: string; readonly value: number; readonly maximum: number; readonly percent: number },
  to: number,
  nowMs: number,
): NewNotice {
  const { name, of, value, maximum, percent } = limit;
  const day = new Date(Math.floor(nowMs / msPerDay) * msPerDay).toISOString().slice(0, 10);
  return {
    to,
    kind: 'limit',
    severity: percent >= 100 ? 'error' : 'warning',
    text: `${percent}% of ${of} reached: ${value} of ${maximum}`,
    subject: { type: 'member', id: to },
    details: { limit: name, percent, value, maximum },
    cause: `limit:${name}:${maximum}:${percent}:${day}`,
  };
}
