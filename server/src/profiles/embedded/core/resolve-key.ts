import { isExternalKey, isUserKey } from '../../identifier-key.ts';
import { outcomeCodes } from '../../profile-store.ts';
import type { ProfileMemory } from '../memory/profile-memory.ts';

/** What a key names now. */
export interface ResolvedKey {
  /** The name, or 0 for a key that nobody has seen. */
  name: number;
  /** Its user, or 0: not seen, or its mapping has ended. */
  user: number;
  optedOut: boolean;
  /** An external id that names nobody. */
  unmapped: boolean;
}

/** Looks a key up. With `holdExternals` an external id can be a user of its own, without it is unmapped then. */
export function resolveKey(
  memory: ProfileMemory,
  keys: Uint8Array,
  start: number,
  end: number,
  nowS: number,
  holdExternals: boolean,
  into: ResolvedKey = { name: 0, user: 0, optedOut: false, unmapped: false },
): ResolvedKey {
  return resolveName(memory, memory.findName(keys, start, end), keys[start] as number, nowS, holdExternals, into);
}

/** The same for a name that has been looked up (0: none); `tag` is the key's first byte. */
export function resolveName(
  memory: ProfileMemory,
  name: number,
  tag: number,
  nowS: number,
  holdExternals: boolean,
  into: ResolvedKey,
): ResolvedKey {
  into.name = name;
  into.user = name === 0 ? 0 : memory.userOf(name, nowS);
  into.optedOut = into.user !== 0 && memory.isOptedOut(into.user);
  into.unmapped = false;
  if (!holdExternals && !into.optedOut && isExternalKey(tag)) {
    into.unmapped = into.user === 0 || !memory.isLinked(name);
    if (into.unmapped) into.user = 0;
  }
  return into;
}

/** The outcome of all operations of a user to whom nothing is done; `applied` for any other. */
export function refusalOf({ user, optedOut, unmapped }: ResolvedKey, knownUsersOnly: boolean): number {
  if (optedOut) return outcomeCodes['opted-out'];
  if (unmapped) return outcomeCodes.unmapped;
  return outcomeCodes[knownUsersOnly && user === 0 ? 'unknown-user' : 'applied'];
}

/** The user of a resolved key; makes it (and its name) where there is none. */
export function ensureUser(memory: ProfileMemory, keys: Uint8Array, start: number, end: number, resolved: ResolvedKey): number {
  if (resolved.user !== 0) return resolved.user;
  let name = resolved.name;
  if (name === 0) name = memory.addName(keys, start, end);
  else if (memory.isLinked(name)) name = memory.detach(name);
  resolved.name = name;
  resolved.user = memory.addUser(name, false);
  resolved.unmapped = false;
  return resolved.user;
}

/** Is the user's first name its user id? */
export const hasUserId = (memory: ProfileMemory, user: number): boolean => isUserKey(memory.tagOf(memory.firstNameOf(user)));
