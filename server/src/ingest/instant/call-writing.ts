import { readUserId, UserIdHalves } from '../../identity/read-user-id.ts';
import { resolveDeviceId, type Resolved, resolveExternalId, resolveUserId, userDomain } from '../../identity/resolve-user.ts';
import { asMemberId, asSegmentId, type MemberId } from '../../kit/ids.ts';
import type { IngestSettings } from '../../members/ingest-settings.ts';
import type { OperationBatch } from '../../profiles/operation-batch.ts';
import type { CallTally } from './call-tally.ts';
import type { ParsedUser } from './parse-users.ts';
import { type ScannedCall, unsent } from './scan-users.ts';
import { neverExpires, notKept, removes, type SegmentUses } from './segment-uses.ts';

/** Of the user that is being written; nothing interrupts that. */
const halves = new UserIdHalves();

/** Turns the users of a call into one batch, in request order, and notes what is to be counted. */
export class CallWriting {
  readonly #uses: SegmentUses;
  readonly #member: MemberId;
  readonly #settings: IngestSettings;
  readonly #nowS: number;
  readonly #batch: OperationBatch;
  readonly #tally: CallTally;

  constructor(uses: SegmentUses, settings: IngestSettings, member: MemberId, atS: number, batch: OperationBatch, tally: CallTally) {
    this.#uses = uses;
    this.#member = member;
    this.#settings = settings;
    this.#nowS = atS;
    this.#batch = batch;
    this.#tally = tally;
    tally.begin(uses);
  }

  addParsed(users: readonly ParsedUser[]): void {
    for (const user of users) this.#addUser(user);
  }

  /** As `addParsed` does with the same users; those that user ids name without an object, without text and without bigints. */
  addScanned(sent: ScannedCall): void {
    const plain = !this.#settings.use_external_uids;
    let block = 0;
    for (let user = 0; user < sent.userCount; user++) {
      const blockEnd = sent.blockEnds[user] ?? 0;
      const start = sent.idStarts[user] ?? 0;
      const end = sent.idEnds[user] ?? 0;
      const domain = sent.domains[user] ?? null;
      if (plain && domain === null && readUserId(sent.body, start, end, halves)) this.#addUserId(sent, block, blockEnd);
      else this.#addUser({ id: sent.body.toString('latin1', start, end), domain, blocks: blocksOf(sent, block, blockEnd) });
      block = blockEnd;
    }
  }

  /** The user is the one of `halves`. */
  #addUserId({ segments, values, expirations }: ScannedCall, from: number, to: number): void {
    const { low, high } = halves;
    const uses = this.#uses;
    const batch = this.#batch;
    const tally = this.#tally;
    let firstOperation = -1;
    for (let block = from; block < to; block++) {
      const segment = segments[block] ?? 0;
      const use = uses.ofId(segment);
      const expiration = this.#expirationOf(use, expirations[block] ?? unsent);
      if (expiration === notKept || !uses.isUsable(use)) {
        tally.addEntry(use, expiration, -1);
        continue;
      }
      if (firstOperation < 0) {
        batch.forUserId(low, high);
        firstOperation = batch.operationCount;
      }
      tally.addEntry(use, expiration, this.#write(segment, values[block] ?? 0, expiration));
    }
    tally.endUserId(low, high, firstOperation);
  }

  #addUser({ id, domain, blocks }: ParsedUser): void {
    const resolved = this.#resolve(id, domain);
    const identifier = typeof resolved === 'string' ? null : resolved;
    let firstOperation = -1;
    if (identifier !== null) {
      for (const block of blocks) {
        const use = this.#uses.of(block);
        const expiration = this.#expirationOf(use, block.expiration ?? unsent);
        const { segment } = this.#uses.at(use);
        const written = expiration !== notKept && segment !== undefined && this.#uses.isUsable(use);
        if (written && firstOperation < 0) {
          this.#batch.forUser(identifier);
          firstOperation = this.#batch.operationCount;
        }
        this.#tally.addEntry(use, expiration, written ? this.#write(segment.id, block.value, expiration) : -1);
      }
    }
    this.#tally.endUser(id, domain, identifier, firstOperation);
  }

  /** The expiration that is acted on (`expirationOf`); of a segment that takes nothing what was sent. */
  #expirationOf(use: number, sent: number): number {
    if (sent !== unsent) return sent;
    return this.#uses.isUsable(use) ? this.#uses.defaultExpiration(use) : neverExpires;
  }

  /** Answers the operation's index. */
  #write(segment: number, value: number, expiration: number): number {
    if (expiration === removes) return this.#batch.remove(asSegmentId(segment));
    return this.#batch.add(asSegmentId(segment), value, this.#nowS, expiration === neverExpires ? null : expiration);
  }

  /** A member that uses external ids sends them where the domain is null (ingest.md section 3.1). */
  #resolve(id: string, domain: string | null): Resolved {
    const { use_external_uids: external, external_member_uid: externalMember } = this.#settings;
    if (domain === null)
      return external ? resolveExternalId(externalMember === null ? this.#member : asMemberId(externalMember), id) : resolveUserId(id);
    return domain.toLowerCase() === userDomain ? resolveUserId(id) : resolveDeviceId(domain, id);
  }
}

/** As `parseUsers` makes them. */
export function blocksOf({ segments, values, expirations }: ScannedCall, from: number, to: number): ParsedUser['blocks'] {
  return Array.from({ length: to - from }, (_, at) => {
    const expiration = expirations[from + at] ?? unsent;
    return {
      id: segments[from + at] ?? 0,
      code: '',
      owner: 0,
      value: values[from + at] ?? 0,
      expiration: expiration === unsent ? null : expiration,
    };
  });
}
