import { privacyText, type SyncParts, uidOf } from '../sync-parts.ts';
import { redirectAnswer, textAnswer, visitOperation, type VisitOperation } from '../visit.ts';

const json = 'application/json; charset=utf-8';
const denied = JSON.stringify({ error: privacyText });

/** `GET /getuidj`: the user id as JSON, for scripts of any site (ingest.md section 1.2). The id is a number, whatever its size. */
export const getUidAsJson = ({ visitors, counts }: SyncParts): VisitOperation =>
  visitOperation({
    id: 'getUidAsJson',
    path: '/getuidj',
    summary: 'The user id as {"uid":N}, with CORS; 0 for a browser that has none',
    async visit(visit) {
      const visitor = await visitors.meet(visit, false);
      const cors = corsHeaders(visit.facts.headers['origin']);
      counts.called(visit.path, visitor.is);
      if (visitor.is === 'denied') return textAnswer(403, json, denied, cors);
      if (visitor.is === 'bounce') return redirectAnswer(visitor.location, { ...cors, 'set-cookie': visitor.cookie });
      visitors.note(visitor);
      const cookie = visitor.is === 'user' ? { 'set-cookie': visitor.cookie } : {};
      return textAnswer(200, json, `{"uid":${uidOf(visitor)}}`, { ...cors, ...cookie });
    },
  });

/** The page that asks may read the answer, and cookies may come with its question. */
function corsHeaders(origin: string | string[] | undefined): Readonly<Record<string, string>> {
  const vary = { vary: 'Origin' };
  return typeof origin === 'string' ? { 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true', ...vary } : vary;
}
