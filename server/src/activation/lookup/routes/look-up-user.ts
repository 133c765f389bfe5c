import type { CatalogView } from '../../../catalog-view/catalog-view.ts';
import type { AccountOperation, Answer } from '../../../http/operation.ts';
import { lookingMember } from '../../../identity/looking-member.ts';
import { identifierParameters, readIdentifier } from '../../../identity/read-identifier.ts';
import type { MemberId } from '../../../kit/ids.ts';
import type { CatalogSnapshot } from '../../../catalog-view/catalog-snapshot.ts';
import type { Identifier } from '../../../profiles/identifier.ts';
import type { Profile, ProfileStore } from '../../../profiles/profile-store.ts';
import { lookupSchema } from '../lookup-schema.ts';
import { writeLookup } from '../profile-bytes.ts';

export interface LookUpParts {
  readonly view: Pick<CatalogView, 'current'>;
  readonly profiles: Pick<ProfileStore, 'get'>;
  /** In lower case (`eidSources` of identity/resolve-user.ts). */
  readonly eidSources: ReadonlySet<string>;
}

/** `GET /user-segments` (ingest.md section 5). Hot: with the embedded engine the answer is made in one turn of the event loop. */
export const lookUpUser = ({ view, profiles, eidSources }: LookUpParts): AccountOperation => ({
  id: 'lookUpUser',
  method: 'GET',
  paths: ['/user-segments'],
  summary: 'The segments that a user is in now, as far as the caller may see them',
  parameters: identifierParameters,
  access: { writes: false, tokenInQuery: true, throttled: false },
  answer: lookupSchema,
  wire: { answer: 'fields' },
  handle(call) {
    const snapshot = view.current();
    const member = lookingMember(call, snapshot);
    const identifier = readIdentifier(call.parameters, snapshot, member, eidSources);
    const profile = profiles.get(identifier);
    return profile instanceof Promise
      ? profile.then((read) => answerOf(identifier, read, snapshot, member))
      : answerOf(identifier, profile, snapshot, member);
  },
});

function answerOf(identifier: Identifier, profile: Profile, snapshot: CatalogSnapshot, member: MemberId | null): Answer {
  return { writeFields: (into) => writeLookup(into, identifier, profile, snapshot, member), outputTerm: 'memberships' };
}
