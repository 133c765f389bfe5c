import { percentDecoded } from '../percent-text.ts';
import { privacyText, type SyncParts, uidOf } from '../sync-parts.ts';
import { redirectAnswer, textAnswer, visitOperation, type VisitOperation } from '../visit.ts';

const javascript = 'application/javascript; charset=utf-8';
const callbackName = /^[A-Za-z_$][\w$.]{0,127}$/;
const badCallback =
  'callback must be the name of a function: a letter, _ or $, then up to 127 letters, digits, _, $ or dots, as in /getuidp?callback=onUid';

/** `GET /getuidp?callback=F`: the user id as a call of F (ingest.md section 1.2). */
export const getUidAsJsonp = ({ visitors, counts }: SyncParts): VisitOperation =>
  visitOperation({
    id: 'getUidAsJsonp',
    path: '/getuidp',
    summary: 'The user id as the script F({"uid":N})',
    parameters: [{ name: 'callback', description: 'F: the name of a function of the page' }],
    async visit(visit) {
      const callback = callbackOf(visit.query);
      if (callback === undefined) {
        counts.called(visit.path, 'bad-callback');
        return textAnswer(400, 'text/plain; charset=utf-8', badCallback);
      }
      const visitor = await visitors.meet(visit, false);
      counts.called(visit.path, visitor.is);
      if (visitor.is === 'denied') return textAnswer(403, javascript, `${callback}(${JSON.stringify({ error: privacyText })});`);
      if (visitor.is === 'bounce') return redirectAnswer(visitor.location, { 'set-cookie': visitor.cookie });
      visitors.note(visitor);
      const cookie = visitor.is === 'user' ? { 'set-cookie': visitor.cookie } : {};
      return textAnswer(200, javascript, `${callback}({"uid":${uidOf(visitor)}});`, { 'x-content-type-options': 'nosniff', ...cookie });
    },
  });

function callbackOf(query: string): string | undefined {
  const part = query.split('&').find((each) => each.startsWith('callback='));
  const callback = part === undefined ? undefined : percentDecoded(part.slice('callback='.length));
  return callback !== undefined && callbackName.test(callback) ? callback : undefined;
}
