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
import { expirationOf, neverExpires, notKept, removes, SegmentUses } from '../segment-uses.ts';

/** `POST /rt-segment` (Data Providers - Instant Audience Service; ingest.md section 3). Hot. */
export function addUsers(parts: InstantParts): AccountOperation {
  const batches: OperationBatch[] = [];
  return {
    id: 'addUsers',
    method: 'POST',
    paths: ['/rt-segment'],
    summary: 'Put users into segments and take them out, at once (Instant Audience Service)',
    parameters: [{ name: 'member_id', description: 'For administrators: the member that sends. Default: the own one' }],
    access: { writes: true, tokenInQuery: true, throttled: false },
    body: instantCallSchema,
    bodyLimitBytes: 1_048_576,
    async handle(call) {
      const member = actingMember(call, 'member_id', 'own');
      const snapshot = parts.view.current();
      if (!snapshot.member(member)) throw refusal(httpErrors.notFound, { object: 'member', key: 'id', value: member });
      try {
        return await takeCall(parts, call, snapshot, member, batches);
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

async function takeCall(
  parts: InstantParts,
  call: Call,
  snapshot: CatalogSnapshot,
  member: MemberId,
  batches: OperationBatch[],
): Promise<Answer> {
  const { limits, writer, clock, statistics } = parts;
  const nowMs = clock.nowMs();
  const ingest = snapshot.ingest(member);
  limits.checkPost(member, ingest, nowMs);
  const parsed = scanUsers(call.body) ?? readUsers(call.body);
  const answer = instantAnswer(parsed);
  limits.acceptPost(member, ingest, parsed.users.length, nowMs);
  if (parsed.users.length === 0) return answer;
  const batch = batches.pop() ?? new OperationBatch();
  try {
    const tally = new CallTally();
    const writing = new CallWriting(snapshot, member, nowS(clock), batch, tally);
    for (const user of parsed.users) writing.addUser(user);
    const known = ingest.settings.require_known_users;
    const options = { source, knownUsersOnly: known, wholeOrFull: true };
    const { outcomes, refusedWhole } = batch.operationCount === 0 ? nothingWritten : await writer.write(batch, options);
    if (refusedWhole) throw refusal(instantErrors.full, {}, { headers: { 'retry-after': '60' } });
    for (const user of tally.unwritten()) user.invalid = await isInvalid(parts, user.identifier, known);
    tally.countInto(statistics.counts(member), outcomes);
    return answer;
  } finally {
    batch.clear();
    if (batches.length < mostBatchesKept) batches.push(batch);
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

  constructor(snapshot: CatalogSnapshot, member: MemberId, atS: number, batch: OperationBatch, tally: CallTally) {
    this.#uses = new SegmentUses(snapshot, member);
    this.#member = member;
    this.#settings = snapshot.ingest(member).settings;
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
