import { listAnswer } from '../../http/answers.ts';
import { readListRequest } from '../../http/list-parameters.ts';
import { type AccountOperation, reading } from '../../http/operation.ts';
import type { MemberId } from '../../kit/ids.ts';
import { formatTimestamp } from '../../kit/timestamp.ts';
import type { LinkedIdentifier } from '../../profiles/profile-store.ts';
import { identityLinkSchema } from '../identity-link-schema.ts';
import type { LinkParts } from '../link-parts.ts';
import { lookingMember } from '../looking-member.ts';
import { identifierOnWire } from '../name-on-wire.ts';
import { identifierParameters, readIdentifier } from '../read-identifier.ts';

/** `GET /identity-link?uid=` (ingest.md section 1.5): what is linked to a user, oldest first, as far as the caller may see it. */
export const listIdentityLinks = ({ view, profiles, eidSources }: LinkParts): AccountOperation => ({
  id: 'listIdentityLinks',
  method: 'GET',
  paths: ['/identity-link'],
  summary: 'Read what is linked to a user',
  parameters: identifierParameters,
  access: { ...reading, tokenInQuery: true },
  answer: identityLinkSchema,
  async handle(call) {
    const snapshot = view.current();
    const member = lookingMember(call, snapshot);
    const identifier = readIdentifier(call.parameters, snapshot, member, eidSources);
    const asked = readListRequest(call.parameters, {});
    const links = (await profiles.links(identifier)).filter((link) => isShown(link, member));
    const page = links.slice(asked.startElement, asked.startElement + asked.numElements);
    return listAnswer('identity_links', page.map(linkOnWire), links.length, asked);
  },
});

/** A member sees its own external ids and what it has linked itself; the administrator (null) all. */
const isShown = ({ identifier, linkedBy }: LinkedIdentifier, member: MemberId | null): boolean =>
  member === null || linkedBy === member || (identifier.kind === 'external' && identifier.member === member);

const linkOnWire = ({ identifier, linkedAtS, expiresAtS }: LinkedIdentifier) => ({
  identifier: identifierOnWire(identifier),
  linked_at: formatTimestamp(linkedAtS * 1000),
  expires_at: expiresAtS === null ? null : formatTimestamp(expiresAtS * 1000),
});
