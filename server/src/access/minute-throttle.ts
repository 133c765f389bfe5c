import type { Clock } from '../kit/clock.ts';
import { refusal } from '../kit/refusal.ts';
import { accessErrors } from './access-errors.ts';
import type { AccountRights } from './account.ts';

interface Counts {
  read: number;
  write: number;
}

/** Counts reads and writes apart, per member and per account, in calendar minutes (Throttling; platform.md section 3). */
export class MinuteThrottle {
  readonly #clock: Clock;
  #minute = 0;
  readonly #members = new Map<number, Counts>();
  readonly #accounts = new Map<number, Counts>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Counts a call and answers the headers that tell of limits and counts. A call over the limit does not count.
   * @throws Refusal access.rateExceeded
   */
  take(account: AccountRights, kind: 'read' | 'write'): Record<string, string> {
    const nowMs = this.#clock.nowMs();
    const minute = Math.floor(nowMs / 60_000);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#members.clear();
      this.#accounts.clear();
    }
    const member = counts(this.#members, account.memberId);
    const own = counts(this.#accounts, account.id);
    const limits = { read: account.readsPerMinute ?? 0, write: account.writesPerMinute ?? 0 };
    if (limits[kind] > 0 && member[kind] >= limits[kind]) {
      const retryAfterS = Math.max(1, Math.ceil(((minute + 1) * 60_000 - nowMs) / 1000));
      throw refusal(
        accessErrors.rateExceeded,
        { limit: limits[kind], kind: `${kind}s` },
        { headers: { ...headersOf(own, member, limits), 'retry-after': String(Math.min(retryAfterS, 60)) } },
      );
    }
    member[kind] += 1;
    own[kind] += 1;
    return headersOf(own, member, limits);
  }
}

function counts(map: Map<number, Counts>, id: number): Counts {
  const known = map.get(id);
  if (known) return known;
  const fresh = { read: 0, write: 0 };
  map.set(id, fresh);
  return fresh;
}

function headersOf(own: Counts, member: Counts, limits: Counts): Record<string, string> {
  return {
    'x-ratelimit-read': String(limits.read),
    'x-ratelimit-write': String(limits.write),
    'x-ratelimit-system': '0',
    'x-count-read': `user:${own.read},member:${member.read}`,
    'x-count-write': `user:${own.write},member:${member.write}`,
    'x-rate-limits': `cru=${own.read};crm=${member.read};cwu=${own.write};cwm=${member.write};lru=0;lrm=${limits.read};lwu=0;lwm=${limits.write}`,
  };
}
