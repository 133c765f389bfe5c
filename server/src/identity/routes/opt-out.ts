import { choicePage, mayChoose, unchosenAnswer } from '../privacy-choice.ts';
import type { PrivacyChoiceParts } from '../privacy-choice.ts';
import { optOutCookie } from '../user-cookie.ts';
import { textAnswer, visitOperation, type VisitOperation } from '../visit.ts';

/**
 * `GET` and `POST /optout`: the browser's cookie says so from now on, and the user that it named loses all memberships and mappings;
 * it and every identifier that was linked to it take no more writes (ingest.md section 1.2).
 */
export const optOut = (parts: PrivacyChoiceParts): readonly VisitOperation[] =>
  (['GET', 'POST'] as const).map((method) =>
    visitOperation({
      id: method === 'GET' ? 'optOut' : 'confirmOptOut',
      method,
      path: '/optout',
      summary: 'Opt out: forget the user of this browser and take no more data about it',
      async visit({ facts }) {
        if (!mayChoose(facts)) return unchosenAnswer(facts);
        const user = parts.visitors.userOf(facts);
        if (typeof user === 'bigint') await parts.profiles.forget({ kind: 'user', id: user }, { optOut: true });
        const cookie = optOutCookie(parts.visitors.cookieSettings(facts));
        return textAnswer(200, 'text/html; charset=utf-8', choicePage('out'), { 'set-cookie': cookie });
      },
    }),
  );
