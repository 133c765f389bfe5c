import { Buffer } from 'node:buffer';
import { decodeIdentifier } from '../identifier-key.ts';
import type { Identifier } from '../identifier.ts';
import type { LinkedIdentifier, Membership } from '../profile-store.ts';

export type ModelMembership = Omit<Membership, 'segment'>;

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
