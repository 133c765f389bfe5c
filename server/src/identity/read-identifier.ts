import type { ParameterDoc } from '../http/operation.ts';
import { accessErrors } from '../access/access-errors.ts';
import type { CatalogSnapshot } from '../catalog-view/catalog-snapshot.ts';
import { httpErrors } from '../http/http-errors.ts';
import { type Parameters, shortened } from '../http/parameters.ts';
import { asMemberId, type MemberId } from '../kit/ids.ts';
import { refusal } from '../kit/refusal.ts';
import type { Identifier } from '../profiles/identifier.ts';
import { mayNameExternal } from './link-rights.ts';
import { resolveIdentifier, type Resolved, resolveUserId } from './resolve-user.ts';

/** What the documentation says of the parameters by which a user is named, and `member_id` beside them. */
export const identifierParameters: readonly ParameterDoc[] = [
  { name: 'uid', description: 'The id of the user' },
  { name: 'domain', description: 'Absent: a user id; else a device domain, external, eid or ifa' },
  { name: 'member', description: 'With domain=external: whose id it is' },
  { name: 'source', description: 'With domain=eid' },
  { name: 'type', description: 'With domain=ifa' },
  { name: 'member_id', description: 'For administrators: see what this member would' },
];

/**
 * The identifier that `uid`, `domain`, `member`, `source` and `type` name (ingest.md section 5).
 * @param member on whose behalf; null: the administrator, who may name any external id
 * @throws Refusal SYNTAX for a missing parameter, an unknown domain and a malformed id, UNAUTH for another member's external ids
 */
export function readIdentifier(
  parameters: Parameters,
  snapshot: CatalogSnapshot,
  member: MemberId | null,
  eidSources: ReadonlySet<string>,
): Identifier {
  const uid = required(parameters, 'uid');
  const domain = parameters.text('domain');
  const resolved = resolve(uid, domain, parameters, snapshot, member, eidSources);
  if (typeof resolved !== 'string') return resolved;
  const invalid = (name: string, fault: string) => refusal(httpErrors.invalidParameter, { name, fault });
  switch (resolved) {
    case 'unknown-domain':
      throw invalid('domain', `names no kind of id: '${shortened(domain ?? '')}'`);
    case 'unlisted-source':
      throw invalid('source', 'is not among the sources that this server accepts');
    case 'malformed-type':
      throw invalid('type', 'is no type of id');
    case 'malformed-id':
      throw invalid('uid', `is no ${domain === undefined ? 'user id' : 'id of this domain'}: '${shortened(uid)}'`);
  }
}

function resolve(
  uid: string,
  domain: string | undefined,
  parameters: Parameters,
  snapshot: CatalogSnapshot,
  member: MemberId | null,
  eidSources: ReadonlySet<string>,
): Resolved {
  if (domain === undefined) return resolveUserId(uid);
  const kind = domain.toLowerCase();
  const source = kind === 'eid' ? required(parameters, 'source') : '';
  const type = kind === 'ifa' ? required(parameters, 'type') : '';
  const owner = kind === 'external' ? externalOwner(parameters, snapshot, member) : nobody;
  return resolveIdentifier({ domain, id: uid, source, type, member: owner }, eidSources);
}

const nobody = asMemberId(0);

/** The own member or its `external_member_uid`; administrators who look for nobody: any. */
function externalOwner(parameters: Parameters, snapshot: CatalogSnapshot, member: MemberId | null): MemberId {
  const named = parameters.id('member');
  if (named === undefined) throw refusal(httpErrors.missingParameter, { name: 'member' });
  const owner = asMemberId(named);
  if (mayNameExternal(snapshot, member, owner)) return owner;
  throw refusal(accessErrors.otherMember, { parameter: 'member' });
}

function required(parameters: Parameters, name: string): string {
  const text = parameters.text(name);
  if (text === undefined || text === '') throw refusal(httpErrors.missingParameter, { name });
  return text;
}
