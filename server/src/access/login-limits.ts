import type { Clock } from '../kit/clock.ts';
import type { AccountId } from '../kit/ids.ts';

const windowMs = 5 * 60_000;
/** Failures in the window from which a (name, address) pair is refused and a name is answered late. */
const failureLimit = 20;
const firstDelayMs = 100;
const longestDelayMs = 5_000;
/** Keys that are remembered at most; the oldest are forgotten first, so that made-up names cannot fill the memory. */
const keyLimit = 100_000;

/** Times within the window, by key. */
class SlidingLog {
  readonly #times = new Map<string, number[]>();

  within(key: string, nowMs: number): readonly number[] {
    const times = this.#times.get(key);
    if (!times) return [];
    const live = times.filter((time) => time > nowMs - windowMs);
    if (live.length === 0) this.#times.delete(key);
    else if (live.length < times.length) this.#times.set(key, live);
    return live;
  }

  add(key: string, nowMs: number): void {
    const times = [...this.within(key, nowMs), nowMs];
    this.#times.delete(key);
    this.#times.set(key, times);
    // The map stands in the order of last additions: what is over, or too much, is at its front.
    for (const [oldest, past] of this.#times) {
      if (this.#times.size <= keyLimit && (past.at(-1) ?? 0) > nowMs - windowMs) return;
      this.#times.delete(oldest);
    }
  }

  clear(key: string): void {
    this.#times.delete(key);
  }
}

/**
 * Holds guessing down without letting anybody lock another's account (platform.md section 2, "Guessing"), and successful
 * logins to their number per account.
 */
export class LoginLimits {
  readonly #clock: Clock;
  readonly #pairFailures = new SlidingLog();
  readonly #nameFailures = new SlidingLog();
  readonly #logins = new SlidingLog();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Seconds until this pair may try again; 0 where it may now. */
  pairWaitS(name: string, address: string): number {
    const failures = this.#pairFailures.within(pairKey(name, address), this.#clock.nowMs());
    return failures.length < failureLimit ? 0 : waitS(failures, failureLimit, this.#clock.nowMs());
  }

  /** How late an attempt on this name is answered. */
  nameDelayMs(name: string): number {
    const excess = this.#nameFailures.within(bounded(name), this.#clock.nowMs()).length - failureLimit;
    return excess < 0 ? 0 : Math.min(firstDelayMs * 2 ** Math.min(excess, 30), longestDelayMs);
  }

  failed(name: string, address: string): void {
    const nowMs = this.#clock.nowMs();
    this.#pairFailures.add(pairKey(name, address), nowMs);
    this.#nameFailures.add(bounded(name), nowMs);
  }

  succeeded(name: string, address: string): void {
    this.#pairFailures.clear(pairKey(name, address));
  }

  /** Seconds until the account may log in again; 0 counts this login. A null limit is none. */
  takeLoginS(account: AccountId, limit: number | null): number {
    if (limit === null || limit === 0) return 0;
    const nowMs = this.#clock.nowMs();
    const logins = this.#logins.within(String(account), nowMs);
    if (logins.length >= limit) return waitS(logins, limit, nowMs);
    this.#logins.add(String(account), nowMs);
    return 0;
  }
}

/** No account has a longer name, and a made-up one must not take more memory. */
const bounded = (name: string): string => name.slice(0, 200);

const pairKey = (name: string, address: string): string => `${network(address)}\n${bounded(name)}`;

/** Until fewer than `limit` of these times lie in the window. */
function waitS(times: readonly number[], limit: number, nowMs: number): number {
  const leaving = times[times.length - limit] ?? nowMs;
  return Math.max(1, Math.ceil((leaving + windowMs - nowMs) / 1000));
}

/**
 * An IPv6 caller owns a /64 and could change its address at will; IPv4 counts whole, in IPv6's clothes too: else all of IPv4 behind a
 * proxy that writes it so would be one caller. Some proxies send the port along.
 */
export function network(address: string): string {
  const plain = address
    .replace(/^\[(.*)\](?::\d+)?$/, '$1')
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1')
    .replace(/%.*$/, '');
  if (!plain.includes(':')) return plain;
  const [prefix = '', dotted] = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(plain)?.slice(1) ?? [];
  const groups = groupsOf(dotted === undefined ? plain : `${prefix}${hexadecimal(dotted)}`);
  const [high = 0, low = 0] = groups.slice(6);
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff)
    return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`;
}

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): number[] {
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  const behind = tail === undefined || tail === '' ? [] : tail.split(':');
  if (tail !== undefined) while (groups.length + behind.length < 8) groups.push('0');
  return [...groups, ...behind].map((group) => Number.parseInt(group, 16));
}

/** `192.0.2.1` as the two groups that it is in IPv6. */
function hexadecimal(dotted: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = dotted.split('.').map(Number);
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}
