import { nowS, type Clock } from '../kit/clock.ts';
import type { MemberId } from '../kit/ids.ts';
import type { Identifier } from '../profiles/identifier.ts';
import { keyText } from '../profiles/identifier-key.ts';
import type { LinkOutcome, ProfileStore } from '../profiles/profile-store.ts';
import type { LinkResult } from './identity-link-schema.ts';
import type { LinkPair } from './link-pair.ts';
import { nameOnWire, type NameOnWire } from './name-on-wire.ts';

export interface LinkPairsOptions {
  readonly profiles: Pick<ProfileStore, 'get' | 'getMany' | 'link' | 'unlink'>;
  readonly clock: Clock;
  /** `FOYER_MAPPING_TTL_S`. */
  readonly mappingTtlS: number;
  /** The member that the links are made by. */
  readonly member: MemberId;
  /** `require_known_users`: links make no user. */
  readonly knownUsersOnly: boolean;
}

/** What became of a pair, and whom its identifier names then. */
export interface PairAnswer extends NameOnWire {
  readonly result: LinkResult;
}

const noName: NameOnWire = { user_id: null, domain: null };

/** What the store says of a pair is its result; a user whom it does not take is an invalid one. */
const resultOf = (outcome: LinkOutcome): LinkResult => (outcome === 'unmapped' || outcome === 'unknown-user' ? 'invalid-user' : outcome);

/**
 * Does what pairs ask for, in their order, and answers them in it. The store takes writes in the order of the calls, so pairs are sent
 * without waiting for one another and share syncs; only before one that may change whom an earlier pair has named is that name read.
 * @throws ProfileStoreUnavailable; what was done before stays
 */
export async function linkPairs(pairs: readonly LinkPair[], options: LinkPairsOptions): Promise<readonly PairAnswer[]> {
  const run = new PairRun(options);
  const users = pairs.flatMap((pair) => (pair.does === 'link' ? [pair.to] : []));
  const profiles = await options.profiles.getMany(users);
  const firsts = profiles.map(({ first }) => first);
  let user = 0;
  for (const pair of pairs) {
    if (pair.does !== 'nothing' && run.mayRename(pair.identifier)) await run.settle();
    if (pair.does === 'nothing') run.refuse(pair.result);
    else if (pair.does === 'unlink') run.unlink(pair.identifier);
    else run.link(pair.identifier, pair.to, firsts[user++] ?? pair.to);
  }
  await run.settle();
  return run.answers;
}

class PairRun {
  readonly answers: PairAnswer[] = [];
  readonly #options: LinkPairsOptions;
  readonly #expiresAtS: number;
  /** Of identifiers through which pairs name their users, or that these users may be named by. */
  readonly #names = new Set<string>();
  #waiting: Promise<void>[] = [];

  constructor(options: LinkPairsOptions) {
    this.#options = options;
    this.#expiresAtS = nowS(options.clock) + options.mappingTtlS;
  }

  /** Might linking or unlinking it change whom the pairs that wait have named? */
  mayRename(identifier: Identifier): boolean {
    return this.#waiting.length > 0 && this.#names.has(keyText(identifier));
  }

  refuse(result: LinkResult): void {
    this.answers.push({ result, ...noName });
  }

  /** @param first the first identifier of the user of `to` before the call */
  link(identifier: Identifier, to: Identifier, first: Identifier): void {
    const { profiles, member: linkedBy, knownUsersOnly } = this.#options;
    const place = this.answers.push({ result: 'full', ...noName }) - 1;
    // The user of `to` is named by this one, by `to`, or by what an earlier pair of the call has linked it to: which is here already.
    for (const each of [to, first]) if (each.kind !== 'user') this.#names.add(keyText(each));
    const linked = profiles.link(identifier, to, { expiresAtS: this.#expiresAtS, linkedBy, knownUsersOnly });
    this.#waiting.push(linked.then((outcome) => this.#answerLink(place, resultOf(outcome), to)));
  }

  unlink(identifier: Identifier): void {
    const place = this.answers.push({ result: 'full', ...noName }) - 1;
    this.#waiting.push(this.#options.profiles.unlink(identifier).then((done) => this.#answerUnlink(place, done, identifier)));
  }

  /** All that was sent is done and answered. */
  async settle(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    await Promise.all(waiting);
  }

  async #answerLink(place: number, result: LinkResult, to: Identifier): Promise<void> {
    const done = result === 'linked' || result === 'moved' || result === 'unchanged';
    const name = done ? nameOnWire((await this.#options.profiles.get(to)).first) : noName;
    this.answers[place] = { result, ...name };
  }

  /** What was not linked is told to be unchanged, and names itself. */
  async #answerUnlink(place: number, done: boolean, identifier: Identifier): Promise<void> {
    if (done) this.answers[place] = { result: 'unlinked', ...noName };
    else if ((await this.#options.profiles.get(identifier)).optedOut) this.answers[place] = { result: 'opted-out', ...noName };
    else this.answers[place] = { result: 'unchanged', ...nameOnWire(identifier) };
  }
}
