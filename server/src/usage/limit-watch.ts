import type { CatalogView } from '../catalog-view/catalog-view.ts';
import type { MemberId } from '../kit/ids.ts';
import { limitNotice, stepReached } from '../notices/notice.ts';
import { notify } from '../notices/notify.ts';
import type { Catalog } from '../storage/sql/catalog.ts';
import { byServer } from '../storage/sql/catalog-change.ts';
import type { MembershipLimits } from './membership-limits.ts';

export interface LimitWatchOptions {
  readonly catalog: Pick<Catalog, 'change'>;
  readonly view: Pick<CatalogView, 'current'>;
  readonly memberships: Pick<MembershipLimits, 'count'>;
  /** Bytes that the server uses of those that it may. */
  readonly memory: () => { readonly value: number; readonly maximum: number };
}

interface Told {
  readonly maximum: number;
  readonly percent: number;
}

/**
 * Tells members how near they are to their membership limits, and the platform how near the server is to its memory limit: at each step
 * once, again when the number was below it in between, and never twice a day (additions.md section 7). Memberships share no
 * transaction with the catalog, so these limits are looked at every few seconds.
 */
export class LimitWatch {
  readonly #options: LimitWatchOptions;
  #told = new Map<string, Told>();

  constructor(options: LimitWatchOptions) {
    this.#options = options;
  }

  async look(): Promise<void> {
    const { view, memberships, memory } = this.#options;
    const snapshot = view.current();
    const still = new Map<string, Told>();
    for (const [member, maximum] of snapshot.tables.membershipLimits) {
      const value = await memberships.count(member);
      const limit = { name: 'membership_limit', of: "the memberships in your member's segments", value, maximum };
      still.set(`membership:${member}`, await this.#tell(`membership:${member}`, member, limit));
    }
    const platform = snapshot.platformMember();
    if (platform !== undefined) {
      const limit = { name: 'FOYER_MEMORY_LIMIT', of: "the server's memory, in bytes,", ...memory() };
      still.set('memory', await this.#tell('memory', platform, limit));
    }
    this.#told = still;
  }

  async #tell(
    key: string,
    to: MemberId,
    limit: { readonly name: string; readonly of: string; readonly value: number; readonly maximum: number },
  ): Promise<Told> {
    const { maximum } = limit;
    const percent = stepReached(limit.value, maximum);
    const before = this.#told.get(key);
    if (percent > (before?.maximum === maximum ? before.percent : 0))
      await this.#options.catalog.change(byServer('watchLimits'), (change) =>
        notify(change, limitNotice({ ...limit, percent }, to, change.nowMs)),
      );
    return { maximum, percent };
  }
}
