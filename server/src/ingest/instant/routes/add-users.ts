import { actingMember } from '../../../access/acting-member.ts';
import type { CatalogSnapshot } from '../../../catalog-view/catalog-snapshot.ts';
import { httpErrors } from '../../../http/http-errors.ts';
import type { AccountOperation, Answer, Call } from '../../../http/operation.ts';
import type { MemberId } from '../../../kit/ids.ts';
import { nowS } from '../../../kit/clock.ts';
import { refusal } from '../../../kit/refusal.ts';
import type { Identifier } from '../../../profiles/identifier.ts';
import { OperationBatch } from '../../../profiles/operation-batch.ts';
import type { Source } from '../../../profiles/profile-store.ts';
import { CallTally } from '../call-tally.ts';
import { CallWriting } from '../call-writing.ts';
import { fullProfileWarnings } from '../full-profiles.ts';
import { instantAnswer } from '../instant-answer.ts';
import { instantErrors } from '../instant-errors.ts';
import type { InstantParts } from '../instant-parts.ts';
import { instantCallSchema } from '../instant-schema.ts';
import { type CallShape, readUsers } from '../parse-users.ts';
import { UserScanner } from '../scan-users.ts';
import { KnownUses } from '../segment-uses.ts';

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
    wire: { body: 'bare' },
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

/** Rooms that wait for the next call; each keeps the memory that its largest call needed. */
const mostRoomsKept = 256;

/** What a call fills until it is answered. */
interface CallRoom {
  readonly batch: OperationBatch;
  readonly tally: CallTally;
}

/** Takes calls; what it keeps between them saves making it anew. */
class CallTaking {
  readonly #parts: InstantParts;
  readonly #rooms: CallRoom[] = [];
  readonly #knownUses = new KnownUses();
  readonly #scanner = new UserScanner();

  constructor(parts: InstantParts) {
    this.#parts = parts;
  }

  /** Everything up to the write happens at once; the answer is there when the write is durable. */
  take(call: Call, snapshot: CatalogSnapshot, member: MemberId): Promise<Answer> | Answer {
    const { limits, clock } = this.#parts;
    const nowMs = clock.nowMs();
    const ingest = snapshot.ingest(member);
    limits.checkPost(member, ingest, nowMs);
    const sent = this.#scanner.scan(call.body) ?? readUsers(call.body);
    const answer = instantAnswer(sent);
    limits.acceptPost(member, ingest, sent.userCount, nowMs);
    if (sent.userCount === 0) return answer;
    const room = this.#rooms.pop() ?? { batch: new OperationBatch(), tally: new CallTally() };
    try {
      const uses = this.#knownUses.forCall(snapshot, member, sent.namedByCode);
      const writing = new CallWriting(uses, ingest.settings, member, nowS(clock), room.batch, room.tally);
      if ('users' in sent) writing.addParsed(sent.users);
      else writing.addScanned(sent);
    } catch (error) {
      this.#keep(room);
      throw error;
    }
    // The scanner's columns are the next call's while this one is written.
    const { userCount, segmentCount, namedByCode, warnings } = sent;
    const shape = { userCount, segmentCount, namedByCode, warnings };
    return this.#write(room, member, ingest.settings.require_known_users, answer, shape);
  }

  async #write(room: CallRoom, member: MemberId, known: boolean, answer: Answer, shape: CallShape): Promise<Answer> {
    const { batch, tally } = room;
    const { writer, statistics } = this.#parts;
    try {
      const options = { source, knownUsersOnly: known, wholeOrFull: true };
      const { outcomes, refusedWhole } = batch.operationCount === 0 ? nothingWritten : await writer.write(batch, options);
      if (refusedWhole) throw refusal(instantErrors.full, {}, { headers: { 'retry-after': '60' } });
      for (const { user, identifier } of tally.unwritten()) if (await isInvalid(this.#parts, identifier, known)) tally.markInvalid(user);
      tally.countInto(statistics.counts(member), outcomes);
      const full = fullProfileWarnings(batch, outcomes);
      return full.length === 0 ? answer : instantAnswer({ ...shape, warnings: [...shape.warnings, ...full] });
    } catch (error) {
      statistics.counts(member).otherErrors += 1;
      throw error;
    } finally {
      this.#keep(room);
    }
  }

  #keep(room: CallRoom): void {
    room.batch.clear();
    room.tally.clear();
    if (this.#rooms.length < mostRoomsKept) this.#rooms.push(room);
  }
}

const nothingWritten = { outcomes: new Uint8Array(0), refusedWhole: false };

/** Of this user nothing is written, so no outcome tells; the store is asked instead. */
async function isInvalid({ profiles, holdsExternals }: InstantParts, identifier: Identifier, knownOnly: boolean): Promise<boolean> {
  const { known, optedOut } = await profiles.get(identifier);
  return optedOut || (!known && (knownOnly || (identifier.kind === 'external' && !holdsExternals)));
}
