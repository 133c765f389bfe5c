import { Buffer, isUtf8 } from 'node:buffer';
import { exactNumbers } from '../../http/exact-numbers.ts';
import { type AccountOperation, type Call, writing } from '../../http/operation.ts';
import { readContainer } from '../../http/read-body.ts';
import { refusedWrite } from '../../profiles/profile-errors.ts';
import { linkAnswerSchema, linkCallSchema, mostPairs } from '../identity-link-schema.ts';
import type { LinkParts } from '../link-parts.ts';
import { linkPairs } from '../link-pairs.ts';
import { type LinkPair, readLinkPair } from '../link-pair.ts';
import { lookingMember } from '../looking-member.ts';

/** `POST /identity-link` (ingest.md section 1.5): pairs in request order, each with an answer of its own. */
export const linkIdentifiers = (parts: LinkParts): AccountOperation => ({
  id: 'linkIdentifiers',
  method: 'POST',
  paths: ['/identity-link'],
  summary: 'Let identifiers name a user, or nobody else any more',
  parameters: [{ name: 'member_id', description: 'For administrators: link as this member would' }],
  access: { ...writing, tokenInQuery: true },
  body: linkCallSchema,
  answer: linkAnswerSchema,
  wire: { body: 'bare', answer: 'fields' },
  async handle(call) {
    const { profiles, clock, mappingTtlS } = parts;
    const snapshot = parts.view.current();
    const sight = lookingMember(call, snapshot);
    const member = sight ?? call.caller.memberId;
    const pairs = readPairs(call, { snapshot, sight, member, eidSources: parts.eidSources });
    const knownUsersOnly = sight !== null && snapshot.ingest(sight).settings.require_known_users;
    try {
      const answers = await linkPairs(pairs, { profiles, clock, mappingTtlS, member, knownUsersOnly });
      return { fields: { count: answers.length, identity_links: answers }, outputTerm: 'identity_links' };
    } catch (error) {
      throw refusedWrite(error);
    }
  },
});

function readPairs({ body, warnings }: Call, sender: Parameters<typeof readLinkPair>[2]): LinkPair[] {
  const sent = readContainer(withExactIds(body), 'identity_link', 'identity_links', warnings, mostPairs);
  return sent.form === 'one'
    ? [readLinkPair(sent.object, 'identity_link', sender, warnings)]
    : sent.objects.map((pair, at) => readLinkPair(pair, `identity_links[${at}]`, sender, warnings));
}

const exactIds = exactNumbers(['user_id', 'id']);

/** Ids are text; those that were sent as numbers keep their digits. */
function withExactIds(body: Buffer): Buffer {
  if (!isUtf8(body)) return body;
  const text = body.toString('utf8');
  const exact = exactIds(text);
  return exact === text ? body : Buffer.from(exact);
}
