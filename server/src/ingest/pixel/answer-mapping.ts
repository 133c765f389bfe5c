import { mayLink } from '../../identity/link-rights.ts';
import { resolveDeviceId, type Resolved, resolveExternalId } from '../../identity/resolve-user.ts';
import { gifAnswer, redirectAnswer, type Visit } from '../../identity/visit.ts';
import type { BareAnswer } from '../../http/operation.ts';
import { nowS } from '../../kit/clock.ts';
import type { MemberId, UserId } from '../../kit/ids.ts';
import type { Identifier } from '../../profiles/identifier.ts';
import { type LinkOptions, ProfileStoreUnavailable } from '../../profiles/profile-store.ts';
import { askedSegments, memberOf } from './asked-segments.ts';
import { type PixelError, PixelErrors } from './pixel-errors.ts';
import type { PixelParts } from './pixel-parts.ts';
import { type ExactEntry, PixelQuery } from './pixel-query.ts';
import { visitorError } from './visitor-error.ts';
import { writeSegments } from './write-segments.ts';

const mostUsers = 100;
const names = { add: 'seg', addCodes: 'seg_code' } as const;

/** The answer of mapuid: always the image; what could not be done stands in its header (ingest.md section 1.3). */
export async function answerMapping(parts: PixelParts, visit: Visit): Promise<BareAnswer> {
  const errors = new PixelErrors();
  const query = new PixelQuery(visit.query);
  const writesMemberships = query.text(names.add) !== undefined || query.text(names.addCodes) !== undefined;
  const met = parts.visitors.meet(visit, writesMemberships);
  const visitor = met instanceof Promise ? await met : met;
  parts.counts.called(visit.path, visitor.is);
  if (visitor.is === 'bounce') return redirectAnswer(visitor.location, { 'set-cookie': visitor.cookie });
  const member = memberOf(query, parts.view.current(), errors);
  const users = query.exactEntries('user', ';');
  const refuse = (error: PixelError): void => {
    errors.add(error);
    if (member !== undefined) parts.health.count(member, error, users.length);
  };
  if (visitor.is !== 'user') refuse(visitorError[visitor.is]);
  else if (users.length > mostUsers) refuse('too-many-users');
  else if (member !== undefined) {
    const mapping = mapUsers(parts, visitor.id, member, users, errors);
    const devices = query.exactEntries('device', ';');
    await (devices.length === 0 ? mapping : Promise.all([mapping, linkDevices(parts, visitor.id, member, devices, errors)]));
    if (writesMemberships)
      await writeSegments(parts, visitor.id, askedSegments(query, names, parts.view.current(), errors, member), errors);
    parts.visitors.note(visitor);
  }
  parts.errors.count(errors);
  return gifAnswer(errors.headers(), visitor.is === 'user' ? visitor.cookie : undefined);
}

async function mapUsers(parts: PixelParts, to: UserId, member: MemberId, users: readonly ExactEntry[], errors: PixelErrors): Promise<void> {
  const resolved = users.map(({ text }): Resolved => (text === undefined ? 'malformed-id' : resolveExternalId(member, text)));
  const results = await linkAll(parts, to, member, resolved);
  for (const [at, error] of results.entries()) {
    const code = error === 'malformed' ? 'bad-user' : error;
    parts.health.count(member, code ?? 'matched', 1);
    if (code !== null) errors.add(code, code === 'bad-user' ? users[at]?.sent : undefined);
  }
}

/** Devices of the parameter `device`, where the member may link them (`link_identifiers`, ingest.md section 4.8). */
async function linkDevices(
  parts: PixelParts,
  to: UserId,
  member: MemberId,
  devices: readonly ExactEntry[],
  errors: PixelErrors,
): Promise<void> {
  if (devices.length > mostUsers) {
    errors.add('too-many-users');
    return;
  }
  const snapshot = parts.view.current();
  const resolved = devices.map(({ text }): Resolved => {
    const device = text === undefined ? 'malformed-id' : deviceOf(text);
    return typeof device === 'string' || mayLink(snapshot, member, device) ? device : 'malformed-id';
  });
  const results = await linkAll(parts, to, member, resolved);
  for (const [at, error] of results.entries()) {
    if (error === 'malformed') errors.add('bad-device', devices[at]?.sent);
    else if (error !== null) errors.add(error);
  }
}

function deviceOf(text: string): Resolved {
  const colon = text.indexOf(':');
  return resolveDeviceId(text.slice(0, Math.max(colon, 0)), text.slice(colon + 1));
}

type LinkError = 'malformed' | 'opted-out' | 'full' | 'unavailable';

/** Sends all links at once: the store takes them in this order. Null for what is linked. */
async function linkAll(parts: PixelParts, to: UserId, member: MemberId, all: readonly Resolved[]): Promise<readonly (LinkError | null)[]> {
  const user: Identifier = { kind: 'user', id: to };
  const options = { expiresAtS: nowS(parts.clock) + parts.mappingTtlS, linkedBy: member };
  const [first] = all;
  if (first !== undefined && all.length === 1) return [await linkOne(parts, first, user, options)];
  return await Promise.all(all.map((identifier) => linkOne(parts, identifier, user, options)));
}

async function linkOne({ profiles }: PixelParts, identifier: Resolved, user: Identifier, options: LinkOptions): Promise<LinkError | null> {
  if (typeof identifier === 'string') return 'malformed';
  try {
    const outcome = await profiles.link(identifier, user, options);
    return outcome === 'opted-out' || outcome === 'full' ? outcome : null;
  } catch (error) {
    if (error instanceof ProfileStoreUnavailable) return 'unavailable';
    throw error;
  }
}
