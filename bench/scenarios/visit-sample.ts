import { seededRandom, userIdOf } from '../data/audience.ts';
import type { SampleAnswer } from '../contenders/contender.ts';
import type { FoyerServer } from '../contenders/foyer-server.ts';
import { type VisitRoute, visitPath } from '../load/requests.ts';

/** Headers that node:http and the connection make themselves. */
const ownHeaders = new Set(['connection', 'content-length', 'content-type', 'date', 'keep-alive']);

/** What a browser that has been there before is answered. Every user id has as many digits, so one answer stands for all. */
export async function visitSample(foyer: FoyerServer, route: VisitRoute): Promise<SampleAnswer> {
  const response = await fetch(`${foyer.url}${visitPath(route, seededRandom(1), 0)}`, { headers: { cookie: `uuid2=${userIdOf(1)}` } });
  const body = Buffer.from(await response.arrayBuffer()).toString('latin1');
  const headers = Object.fromEntries([...response.headers].filter(([name]) => !ownHeaders.has(name)));
  if (response.status !== 200 || headers['x-foyer-error'] !== undefined || headers['set-cookie'] === undefined)
    throw new Error(`/${route} does not take the visit: ${response.status} ${JSON.stringify(headers)}`);
  return { contentType: response.headers.get('content-type') ?? '', headers, body, binary: true };
}
