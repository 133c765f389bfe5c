import { loadedSegmentsPerUser, userIdOf } from '../data/audience.ts';
import type { SampleAnswer } from '../contenders/contender.ts';
import type { FoyerServer } from '../contenders/foyer-server.ts';

/** The answer for a loaded user. Every user has the same number of memberships, so one answer stands for all in the bare server. */
export async function lookupSample(foyer: FoyerServer): Promise<SampleAnswer> {
  const response = await fetch(`${foyer.url}/user-segments?uid=${userIdOf(1)}`, { headers: { authorization: foyer.token } });
  const text = await response.text();
  const read = JSON.parse(text) as { response?: { count?: number; dbg_info?: { warnings?: readonly unknown[] } } };
  if (response.status !== 200 || read.response?.count !== loadedSegmentsPerUser || read.response.dbg_info?.warnings?.length !== 0)
    throw new Error(`GET /user-segments does not answer what was loaded: ${response.status} ${text.slice(0, 400)}`);
  return { contentType: response.headers.get('content-type') ?? '', body: text };
}
