import { resolveDeviceId, resolveEid, resolveExternalId, resolveUserId } from '../../identity/resolve-user.ts';
import type { MemberId, SegmentId } from '../../kit/ids.ts';
import type { Identifier } from '../../profiles/identifier.ts';
import { longestLifetimeMinutes, OperationBatch } from '../../profiles/operation-batch.ts';
import { type ChunkId, type Membership, outcomeCodes, type StageId } from '../../profiles/profile-store.ts';
import { longestSegmentMinutes } from '../../segments/segment.ts';
import type { ShareAction } from '../endpoints/endpoint.ts';
import type { ExchangeParts } from '../exchange-parts.ts';
import { JobFault } from '../jobs/job-fault.ts';
import type { RefusedRow, SharedRow } from './shared-row.ts';

export interface BuiltInTarget {
  readonly member: MemberId;
  readonly segment: SegmentId;
  readonly action: ShareAction;
  /** Name of the destination identifier. */
  readonly identifier: string;
  /** Names of the mapped attributes, in the order of a row's cells. */
  readonly attributes: readonly string[];
  readonly job: number;
}

/** Writes delivered rows into a segment of the member (exchange-sharing.md section 4). */
export class BuiltInWriting {
  readonly #parts: ExchangeParts;
  readonly #target: BuiltInTarget;
  /** Where a row has them; -1: not mapped. */
  readonly #value: number;
  readonly #expires: number;

  constructor(parts: ExchangeParts, target: BuiltInTarget) {
    this.#parts = parts;
    this.#target = target;
    this.#value = target.attributes.indexOf('value');
    this.#expires = target.attributes.indexOf('expires_at');
  }

  /** One chunk. @throws JobFault SEGMENT_NOT_FOUND where the segment has gone or takes nothing */
  async apply(
    rows: readonly SharedRow[],
    chunk: ChunkId,
    stage: StageId | undefined,
  ): Promise<{ readonly sent: number; readonly refusals: readonly RefusedRow[] }> {
    const segmentMinutes = this.#segmentMinutes();
    const batch = new OperationBatch();
    const refusals: RefusedRow[] = [];
    const written: SharedRow[] = [];
    for (const row of rows) {
      const identifier = this.#identifierOf(row.identifier);
      if (identifier === undefined) {
        refusals.push({ row, code: 'UNKNOWN_IDENTIFIER', message: 'The identifier names nobody' });
        continue;
      }
      await this.#add(batch, identifier, row, segmentMinutes);
      written.push(row);
    }
    const { job } = this.#target;
    const { outcomes } = await this.#parts.writer.write(batch, {
      source: { kind: 'share', job },
      chunk,
      ...(stage === undefined ? {} : { stage }),
      knownUsersOnly: this.#parts.view.current().ingest(this.#target.member).settings.require_known_users,
    });
    for (const [at, row] of written.entries()) {
      const refused = refusalOf(outcomes[at] ?? 0);
      if (refused) refusals.push({ row, ...refused });
    }
    return { sent: rows.length - refusals.length, refusals };
  }

  async #add(batch: OperationBatch, identifier: Identifier, row: SharedRow, segmentMinutes: number): Promise<void> {
    const { segment, action } = this.#target;
    batch.forUser(identifier);
    if (action === 'REMOVE') {
      batch.remove(segment);
      return;
    }
    const value = cellOf(row, this.#value);
    const expires = cellOf(row, this.#expires);
    const keeps = action === 'ADD' && (value === '' || expires === '');
    const held = keeps ? await this.#held(identifier) : undefined;
    const nowS = Math.floor(this.#parts.clock.nowMs() / 1000);
    const lifetime = lifetimeOf(expires, held, nowS, segmentMinutes);
    batch.add(segment, value === undefined || value === '' ? (value === '' ? (held?.value ?? 0) : 0) : Number(value), ...lifetime);
  }

  async #held(identifier: Identifier): Promise<Membership | undefined> {
    const profile = await this.#parts.profiles.get(identifier);
    return profile.memberships.find(({ segment }) => segment === this.#target.segment);
  }

  #segmentMinutes(): number {
    const facts = this.#parts.view.current().segment(this.#target.segment);
    if (facts?.active !== true || facts.memberId !== this.#target.member)
      throw new JobFault('SEGMENT_NOT_FOUND', 'The segment that this goes into has been deleted or is inactive.');
    return Math.min(facts.expireMinutes ?? longestSegmentMinutes, longestSegmentMinutes);
  }

  #identifierOf(text: string): Identifier | undefined {
    const { identifier: name, member } = this.#target;
    const found =
      name === 'user_id'
        ? resolveUserId(text)
        : name === 'external_id'
          ? resolveExternalId(member, text)
          : name.startsWith('eid.')
            ? resolveEid(name.slice(4), text, this.#parts.eidSources)
            : resolveDeviceId(name, text);
    return typeof found === 'string' ? undefined : found;
  }
}

/** Undefined: not mapped; empty: an empty cell. */
const cellOf = (row: SharedRow, at: number): string | undefined => (at < 0 ? undefined : (row.attributes[at] ?? ''));

/** `addedAtS` and minutes such that the end is exact to the second: a lifetime is whole minutes, so its beginning moves, by less than one. */
function lifetimeOf(
  expires: string | undefined,
  held: Membership | undefined,
  nowS: number,
  segmentMinutes: number,
): [addedAtS: number, lifetimeMinutes: number | null] {
  if (expires === '' && held?.lifetimeMinutes === null) return [nowS, null];
  const heldEndS = held && held.lifetimeMinutes !== null ? held.addedAtS + held.lifetimeMinutes * 60 : undefined;
  const endS = expires === undefined ? undefined : expires === '' ? heldEndS : Math.floor(Date.parse(expires) / 1000);
  if (endS === undefined) return [nowS, segmentMinutes];
  const early = (60 - ((endS - nowS) % 60)) % 60;
  const minutes = Math.max(0, Math.floor((endS - nowS + early) / 60));
  return [nowS - early, Math.min(minutes, longestLifetimeMinutes)];
}

function refusalOf(outcome: number): Pick<RefusedRow, 'code' | 'message'> | undefined {
  switch (outcome) {
    case outcomeCodes.applied:
      return undefined;
    case outcomeCodes['opted-out']:
      return { code: 'UNKNOWN_IDENTIFIER', message: 'The user has opted out' };
    case outcomeCodes.unmapped:
      return { code: 'UNKNOWN_IDENTIFIER', message: 'The external id is mapped to nobody' };
    case outcomeCodes['unknown-user']:
      return { code: 'UNKNOWN_IDENTIFIER', message: 'Nobody has seen this user, and the member takes known ones only' };
    case outcomeCodes.full:
      return { code: 'LIMIT', message: 'There is no room for the user or for one more of its memberships' };
    default:
      return { code: 'LIMIT', message: "The member's limit of memberships is reached" };
  }
}
