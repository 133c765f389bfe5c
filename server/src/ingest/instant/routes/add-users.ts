import { actingMember } from '../../../access/acting-member.ts';
import type { CatalogSnapshot } from '../../../catalog-view/catalog-snapshot.ts';
import { httpErrors } from '../../../http/http-errors.ts';
import type { AccountOperation, Answer, Call } from '../../../http/operation.ts';
import { resolveDeviceId, type Resolved, resolveExternalId, resolveUserId, userDomain } from '../../../identity/resolve-user.ts';
import { asMemberId, asSegmentId, type MemberId } from '../../../kit/ids.ts';
import { nowS } from '../../../kit/clock.ts';
import { refusal } from '../../../kit/refusal.ts';
import type { IngestSettings } from '../../../members/ingest-settings.ts';
import type { Identifier } from '../../../profiles/identifier.ts';
import { OperationBatch } from '../../../profiles/operation-batch.ts';
import type { Source } from '../../../profiles/profile-store.ts';
import { CallTally } from '../call-tally.ts';
import { instantAnswer } from '../instant-answer.ts';
import { instantErrors } from '../instant-errors.ts';
import type { InstantParts } from '../instant-parts.ts';
import { instantCallSchema } from '../instant-schema.ts';
import { type ParsedBlock, type ParsedUser, readUsers } from '../parse-users.ts';
import { scanUsers } from '../scan-users.ts';
import { expirationOf, KnownUses, neverExpires, notKept, removes, type SegmentUses } from '../segment-uses.ts';

/** `POST /rt-segment` (Data Providers - Instant Audience Service; ingest.md section 3). Hot. */
export function addUsers(parts: InstantParts): AccountOperation {
  const taking = new CallTaking(parts);
  return {
    id: 'addUsers',
    method: 'POST',
    paths: ['/rt-segment'],
    summary: 'Put users into segments and take them out, at once (Instant Audience Service)',
    parameters: [{ name: 'member_id', description: 'For administrators: the member that sends. Default: the own one' }],
    access: { writes: true, tokenInQuery: true, throttled: false },
    body: instantCallSchema,
    bodyLimitBytes: 1_048_576,
    handle(call) {
      const member = actingMember(call, 'member_id', 'own');
      const snapshot = parts.view.current();
      if (!snapshot.member(member)) throw refusal(httpErrors.notFound, { object: 'member', key: 'id', value: member });
      try {
        return taking.take(call, snapshot, member);
      } catch (error) {
        parts.statistics.counts(member).otherErrors += 1;
        throw error;
      }
    },
  };
}

const source: Source = { kind: 'instant', job: 0 };

/** Batches that wait for the next call; each keeps the room that its largest call needed. */
const mostBatchesKept = 256;

/** Takes calls; what it keeps between them saves making it anew. */
class CallTaking {
  readonly #parts: InstantParts;
  readonly #batches: OperationBatch[] = [];
  readonly #knownUses = new KnownUses();

  constructor(parts: InstantParts) {
    this.#parts = parts;
  }

  /** Everything up to the write happens at once; the answer is there when the write is durable. */
  take(call: Call, snapshot: CatalogSnapshot, member: MemberId): Promise<Answer> | Answer {
    const { limits, clock } = this.#parts;
    const nowMs = clock.nowMs();
    const ingest = snapshot.ingest(member);
    limits.checkPost(member, ingest, nowMs);
    const parsed = scanUsers(call.body) ?? readUsers(call.body);
    const answer = instantAnswer(parsed);
    limits.acceptPost(member, ingest, parsed.users.length, nowMs);
    if (parsed.users.length === 0) return answer;
    const batch = this.#batches.pop() ?? new OperationBatch();
    const tally = new CallTally();
    try {
      const uses = this.#knownUses.forCall(snapshot, member, parsed.namedByCode);
      const writing = new CallWriting(uses, ingest.settings, member, nowS(clock), batch, tally);
      for (const user of parsed.users) writing.addUser(user);
    } catch (error) {
      this.#keep(batch);
      throw error;
    }
    return this.#write(batch, tally, member, ingest.settings.require_known_users, answer);
  }

  async #write(batch: OperationBatch, tally: CallTally, member: MemberId, known: boolean, answer: Answer): Promise<Answer> {
    const { writer, statistics } = this.#parts;
    try {
      const options = { source, knownUsersOnly: known, wholeOrFull: true };
      const { outcomes, refusedWhole } = batch.operationCount === 0 ? nothingWritten : await writer.write(batch, options);
      if (refusedWhole) throw refusal(instantErrors.full, {}, { headers: { 'retry-after': '60' } });
      for (const user of tally.unwritten()) user.invalid = await isInvalid(this.#parts, user.identifier, known);
      tally.countInto(statistics.counts(member), outcomes);
      return answer;
    } catch (error) {
      statistics.counts(member).otherErrors += 1;
      throw error;
    } finally {
      this.#keep(batch);
    }
  }

  #keep(batch: OperationBatch): void {
    batch.clear();
    if (this.#batches.length < mostBatchesKept) this.#batches.push(batch);
  }
}

const nothingWritten = { outcomes: new Uint8Array(0), refusedWhole: false };

/** Turns the users of a call into one batch, in request order, and notes what is to be counted. */
class CallWriting {
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
  }

  addUser(user: ParsedUser): void {
    const resolved = this.#resolve(user);
    const identifier = typeof resolved === 'string' ? null : resolved;
    let firstOperation = -1;
    if (identifier !== null) {
      for (const block of user.blocks) {
        const use = this.#uses.of(block);
        const { segment } = use;
        if (use.state !== 'usable' || !segment) {
          this.#tally.addEntry(use, block.expiration ?? neverExpires, -1);
          continue;
        }
        const expiration = expirationOf(block.expiration, segment, this.#settings.default_expiration);
        if (expiration !== notKept && firstOperation < 0) {
          this.#batch.forUser(identifier);
          firstOperation = this.#batch.operationCount;
        }
        this.#tally.addEntry(use, expiration, this.#write(segment.id, block, expiration));
      }
    }
    this.#tally.endUser(user.id, user.domain, identifier, firstOperation);
  }

  /** Answers the operation's index, -1 where nothing is written. */
  #write(segment: number, block: ParsedBlock, expiration: number): number {
    if (expiration === notKept) return -1;
    if (expiration === removes) return this.#batch.remove(asSegmentId(segment));
    return this.#batch.add(asSegmentId(segment), block.value, this.#nowS, expiration === neverExpires ? null : expiration);
  }

  /** A member that uses external ids sends them where the domain is null (ingest.md section 3.1). */
  #resolve({ id, domain }: ParsedUser): Resolved {
    const { use_external_uids: external, external_member_uid: externalMember } = this.#settings;
    if (domain === null)
      return external ? resolveExternalId(externalMember === null ? this.#member : asMemberId(externalMember), id) : resolveUserId(id);
    return domain.toLowerCase() === userDomain ? resolveUserId(id) : resolveDeviceId(domain, id);
  }
}

/** Of this user nothing is written, so no outcome tells; the store is asked instead. */
async function isInvalid({ profiles }: InstantParts, identifier: Identifier, knownOnly: boolean): Promise<boolean> {
  const { known, optedOut } = await profiles.get(identifier);
  return optedOut || (!known && (knownOnly || identifier.kind === 'external'));
}
