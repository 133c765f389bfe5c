import { choicePage, mayChoose, unchosenAnswer } from '../privacy-choice.ts';
import type { PrivacyChoiceParts } from '../privacy-choice.ts';
import { noCookie } from '../user-cookie.ts';
import { textAnswer, visitOperation, type VisitOperation } from '../visit.ts';

/** `GET` and `POST /optin`: takes the cookie away, so that the browser is a new user at its next visit (ingest.md section 1.2). */
export const optIn = (parts: PrivacyChoiceParts): readonly VisitOperation[] =>
  (['GET', 'POST'] as const).map((method) =>
    visitOperation({
      id: method === 'GET' ? 'optIn' : 'confirmOptIn',
      method,
      path: '/optin',
      summary: 'Take an opt-out back: this browser is a new user at its next visit',
      visit({ facts }) {
        if (!mayChoose(facts)) return unchosenAnswer(facts);
        const cookie = noCookie(parts.visitors.cookieSettings(facts));
        return textAnswer(200, 'text/html; charset=utf-8', choicePage('in'), { 'set-cookie': cookie });
      },
    }),
  );
