import { Buffer } from 'node:buffer';
import { asSegmentId, type SegmentId } from '../../kit/ids.ts';
import { decodeIdentifier } from '../identifier-key.ts';
import type { Identifier } from '../identifier.ts';
import type { Expression, LinkedIdentifier, Membership, Standing } from '../profile-store.ts';

export type ModelMembership = Omit<Membership, 'segment'>;

/** Where a membership belongs: the segment, or a stage of it. */
export const liveSlot = (segment: number): string => `segment ${segment}`;
export const stageSlot = (stage: number): string => `stage ${stage}`;
/** Null for a stage's. */
export const segmentOf = (slot: string): SegmentId | null => (slot.startsWith('segment ') ? asSegmentId(Number(slot.slice(8))) : null);

export interface ModelUser {
  /** In the order of making; the cursor of a scan. */
  readonly number: number;
  /** Its user id, where it has one. */
  first: Identifier;
  /** By slot: a segment, or a stage of it. */
  readonly memberships: Map<string, ModelMembership>;
  optedOut: boolean;
}

export type ModelLink = Omit<LinkedIdentifier, 'identifier'>;

/** The opposite of `keyText`. */
export const identifierOf = (name: string): Identifier => decodeIdentifier(Buffer.from(name, 'latin1'));

export const hasEnded = (membership: ModelMembership, nowS: number): boolean =>
  membership.lifetimeMinutes !== null && nowS >= membership.addedAtS + membership.lifetimeMinutes * 60;

export const isLive = (membership: ModelMembership, nowS: number): boolean => membership.addedAtS <= nowS && !hasEnded(membership, nowS);

export function isHeldBy(user: ModelUser, slot: string, nowS: number): boolean {
  const membership = user.memberships.get(slot);
  return membership !== undefined && isLive(membership, nowS);
}

/** Does an expression hold for a user? */
export function holds(user: ModelUser, expression: Expression, nowS: number): boolean {
  if ('and' in expression) return expression.and.every((part) => holds(user, part, nowS));
  if ('or' in expression) return expression.or.some((part) => holds(user, part, nowS));
  if ('not' in expression) return !holds(user, expression.not, nowS);
  const { segment, minValue = 0, maxValue = Number.POSITIVE_INFINITY } = expression;
  const membership = user.memberships.get(liveSlot(segment));
  return membership !== undefined && isLive(membership, nowS) && membership.value >= minValue && membership.value <= maxValue;
}

export function dropEnded(user: ModelUser, nowS: number): void {
  for (const [slot, membership] of user.memberships) if (hasEnded(membership, nowS)) user.memberships.delete(slot);
}

/** Per slot the newer addedAt wins whole; equal: `into`'s. */
export function unitedMemberships(into: ModelUser, from: ModelUser): Map<string, ModelMembership> {
  const united = new Map(into.memberships);
  for (const [slot, membership] of from.memberships) {
    const own = united.get(slot);
    if (own === undefined || own.addedAtS < membership.addedAtS) united.set(slot, membership);
  }
  return united;
}

export const standingOf = (user: ModelUser | null): Standing => (user === null ? 'unknown' : user.optedOut ? 'opted-out' : 'known');
