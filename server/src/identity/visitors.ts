import type { ProxyView } from '../access/proxy-view.ts';
import type { RequestFacts } from '../http/caller.ts';
import type { UserId } from '../kit/ids.ts';
import type { ProfileStore, Standing } from '../profiles/profile-store.ts';
import type { MintedIds } from './minted-ids.ts';
import { type CookieSettings, readUserCookie, visitCookie } from './user-cookie.ts';
import type { Visit } from './visit.ts';

/** Why a call's privacy signals deny it; null where they allow it. */
export type Deny = (visit: Visit, writesMemberships: boolean) => string | null;

export interface VisitorParts {
  readonly profiles: Pick<ProfileStore, 'standing' | 'see'>;
  readonly minted: Pick<MintedIds, 'mint' | 'isMinted'>;
  readonly proxy: Pick<ProxyView, 'overHttps'>;
  readonly deny: Deny;
  /** `FOYER_PIXEL_USERS=minted`: a cookie that was not minted here counts as none. */
  readonly mintedOnly: boolean;
  readonly partitioned: boolean;
  /** Told of what could not be stored of a visit that is answered all the same. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Who comes with a visit.
 * - denied: privacy signals forbid it; nothing is stored, no cookie is set.
 * - bounce: a first visit. The browser is to call `location`, which shows whether it kept the cookie.
 * - nobody: it keeps none.
 */
export type Visitor =
  | { readonly is: 'denied' }
  | { readonly is: 'bounce'; readonly location: string; readonly cookie: string }
  | { readonly is: 'nobody' }
  | { readonly is: 'opted-out' }
  | { readonly is: 'user'; readonly id: UserId; readonly known: boolean; readonly cookie: string };

const denied: Visitor = { is: 'denied' };
const nobody: Visitor = { is: 'nobody' };
const optedOut: Visitor = { is: 'opted-out' };

/** Most characters of a bounce's address: many clients take no more than 16 KiB of headers. */
const mostBounceCharacters = 12_288;

/** Finds out who a browser is, mints ids for new ones, and keeps cookies alive. */
export class Visitors {
  readonly #parts: VisitorParts;
  constructor(parts: VisitorParts) {
    this.#parts = parts;
  }

  cookieSettings(facts: RequestFacts): CookieSettings {
    return { secure: this.#parts.proxy.overHttps(facts), partitioned: this.#parts.partitioned };
  }

  /** The user that the call's cookie names, whether or not privacy signals allow anything. */
  userOf(facts: RequestFacts): 'none' | 'opted-out' | UserId {
    const user = readUserCookie(facts.headers['cookie']);
    return typeof user === 'bigint' && this.#parts.mintedOnly && !this.#parts.minted.isMinted(user) ? 'none' : user;
  }

  /** @param writesMemberships consent must cover that too (ingest.md section 1.4) */
  meet(visit: Visit, writesMemberships: boolean): Visitor | Promise<Visitor> {
    if (this.#parts.deny(visit, writesMemberships) !== null) return denied;
    const user = this.userOf(visit.facts);
    if (user === 'opted-out') return optedOut;
    if (user === 'none') return visit.bounced ? nobody : this.#begin(visit);
    const standing = this.#parts.profiles.standing({ kind: 'user', id: user });
    if (standing instanceof Promise) return standing.then((read) => this.#welcome(visit, user, read));
    return this.#welcome(visit, user, standing);
  }

  /** Notes that a user came back with its id, where nobody has seen it: from then on it is a known user (ingest.md sections 1.1, 1.2). */
  note(visitor: Visitor): void {
    if (visitor.is !== 'user' || visitor.known) return;
    this.#parts.profiles.see({ kind: 'user', id: visitor.id }).catch(this.#parts.onFailure);
  }

  #welcome({ facts }: Visit, id: UserId, standing: Standing): Visitor {
    if (standing === 'opted-out') return optedOut;
    return { is: 'user', id, known: standing === 'known', cookie: visitCookie(id, this.cookieSettings(facts)) };
  }

  #begin(visit: Visit): Visitor | Promise<Visitor> {
    const { path, query, facts } = visit;
    const location = `/bounce?${encodeURIComponent(query === '' ? path : `${path}?${query}`)}`;
    if (location.length > mostBounceCharacters) return nobody;
    const bounce = (id: UserId): Visitor => ({ is: 'bounce', location, cookie: visitCookie(id, this.cookieSettings(facts)) });
    const minted = this.#parts.minted.mint();
    if (!(minted instanceof Promise)) return bounce(minted);
    return minted.then(bounce, (error: unknown) => {
      this.#parts.onFailure(error);
      return nobody;
    });
  }
}
