import type { AccountId, MemberId } from '../kit/ids.ts';

export type Role = 'admin' | 'member' | 'viewer';

/** Who is calling, as far as routes need it. */
export interface Caller {
  /** Null for the operator on this machine (its token stands in the data directory). */
  readonly accountId: AccountId | null;
  readonly username: string | null;
  readonly memberId: MemberId;
  readonly role: Role;
}

/** What admission looks at: the request without its body. */
export interface RequestFacts {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** Without its `?`, as it was sent; bytes beyond ASCII are characters up to 0xff. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The socket's peer. */
  readonly peerAddress: string;
  /** The connection itself is TLS. */
  readonly encrypted: boolean;
  /** `access_token` of the query, where there is one. */
  readonly queryToken: string | undefined;
}

/** Who may call an operation, and what it counts as. */
export interface AccessRule {
  /** Viewers are refused. */
  readonly writes: boolean;
  /** `access_token` in the query counts (ingest.md's routes). */
  readonly tokenInQuery: boolean;
  /** Counts in the per-minute throttle (platform.md section 3). */
  readonly throttled: boolean;
  /** Only the platform's admins. */
  readonly adminOnly?: boolean;
}

export interface Admission {
  readonly caller: Caller;
  /** Headers that every answer to this call carries (limits and counts). */
  readonly headers: Readonly<Record<string, string>>;
}

/** Decides who is calling and whether they may; throws a Refusal otherwise. Implemented by access. */
export type Admit = (facts: RequestFacts, rule: AccessRule) => Admission;
