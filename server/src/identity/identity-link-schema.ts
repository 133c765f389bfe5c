import { Type } from 'typebox';

/** Limit of a call (ingest.md section 1.5). */
export const mostPairs = 1000;

const text = (description: string) => Type.Optional(Type.Union([Type.String(), Type.Number(), Type.Null()], { description }));
const word = (description: string) => Type.Optional(Type.Union([Type.String(), Type.Null()], { description }));

const named = (domains: string) =>
  Type.Object({
    domain: word(domains),
    id: text('As written; device ids in any form. Digits best as a string: numbers beyond 2^53 do not survive every JSON library'),
    member_id: Type.Optional(
      Type.Union([Type.Integer({ minimum: 1 }), Type.String({ pattern: '^\\d+$' }), Type.Null()], {
        description: 'With domain external: whose id it is (default: your own)',
      }),
    ),
    source: word('With domain eid'),
    type: word('With domain ifa'),
  });

/** One pair of `POST /identity-link`. */
export const linkPairSchema = Type.Object({
  user_id: text('The user whom the identifier is to name'),
  to: Type.Optional(
    Type.Union([named('As for identifier; absent: a user id'), Type.Null()], { description: 'Instead of user_id: whom this names' }),
  ),
  identifier: named('A device domain, external, eid or ifa'),
  unlink: Type.Optional(
    Type.Union([Type.Boolean(), Type.Null()], { description: 'true: the identifier names nobody else any more; without a user' }),
  ),
});

/** The body of `POST /identity-link` (ingest.md section 1.5): one of the two. */
export const linkCallSchema = Type.Object({
  identity_link: Type.Optional(linkPairSchema),
  identity_links: Type.Optional(Type.Array(linkPairSchema, { minItems: 1, maxItems: mostPairs })),
});

/** What became of a pair. */
export const linkResults = [
  'linked',
  'moved',
  'unchanged',
  'unlinked',
  'invalid-user',
  'invalid-identifier',
  'opted-out',
  'unauthorized',
  'full',
] as const;
export type LinkResult = (typeof linkResults)[number];

/** The answer of `POST /identity-link`: one for each pair, in order. */
export const linkAnswerSchema = Type.Object({
  count: Type.Integer(),
  identity_links: Type.Array(
    Type.Object({
      result: Type.Union(linkResults.map((result) => Type.Literal(result))),
      user_id: Type.Union([Type.String(), Type.Null()], {
        description: 'Whom the identifier names now; null where it names nobody else, or nothing was done',
      }),
      domain: Type.Union([Type.String(), Type.Null()], { description: 'null: a user id' }),
    }),
  ),
});

/** One of what is linked to a user: `GET /identity-link`. */
export const identityLinkSchema = Type.Object({
  identifier: Type.Object({
    domain: Type.Union([Type.String(), Type.Null()], { description: 'null: a user id' }),
    id: Type.String(),
    member_id: Type.Optional(Type.Integer({ description: 'With domain external: whose id it is' })),
    source: Type.Optional(Type.String({ description: 'With domain eid' })),
    type: Type.Optional(Type.String({ description: 'With domain ifa' })),
  }),
  linked_at: Type.String(),
  expires_at: Type.Union([Type.String(), Type.Null()], { description: 'null: until it is unlinked' }),
});
