import { percentDecoded } from '../percent-text.ts';
import { textAnswer, type VisitOperation, visitOperation } from '../visit.ts';

const notReplayed = '/bounce takes the percent-encoded path and query of a user sync or pixel call, as this server writes it';

/** `GET /bounce?ENCODED`: the second half of a first visit; answers the call that stands in it, for whoever comes back (ingest.md section 1.2). */
export function replayBounce(replayed: readonly VisitOperation[]): VisitOperation {
  const operations = new Map(replayed.flatMap((operation) => operation.paths.map((path) => [path, operation] as const)));
  return visitOperation({
    id: 'replayBounce',
    path: '/bounce',
    summary: 'Where a browser without a cookie is sent, to see whether it keeps one; answers the original call',
    visit(visit) {
      const original = percentDecoded(visit.query) ?? '';
      const mark = original.indexOf('?');
      const path = mark < 0 ? original : original.slice(0, mark);
      const operation = operations.get(path);
      if (!operation) return textAnswer(400, 'text/plain; charset=utf-8', notReplayed);
      return operation.visit({ path, query: mark < 0 ? '' : original.slice(mark + 1), facts: visit.facts, bounced: true });
    },
  });
}
