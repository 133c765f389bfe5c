import { userIdOf } from '../data/audience.ts';
import type { SampleAnswer } from '../contenders/contender.ts';
import type { FoyerServer } from '../contenders/foyer-server.ts';
import { httpScenario, loadedSegmentsPerUser } from './http-scenario.ts';

/** What a bidder asks: who is this? Every user has the same number of memberships, so one answer stands for all in the bare server. */
export const lookup = httpScenario({
  name: 'lookup',
  summary: 'GET /user-segments of a loaded user, 64 connections',
  connections: 64,
  plan: { kind: 'lookup' },
  prepared: 100_000,
  membershipsPerCall: null,
  sample: lookupSample,
});

async function lookupSample(foyer: FoyerServer): Promise<SampleAnswer> {
  const response = await fetch(`${foyer.url}/user-segments?uid=${userIdOf(1)}`, { headers: { authorization: foyer.token } });
  const text = await response.text();
  const read = JSON.parse(text) as { response?: { count?: number; dbg_info?: { warnings?: readonly unknown[] } } };
  if (response.status !== 200 || read.response?.count !== loadedSegmentsPerUser || read.response.dbg_info?.warnings?.length !== 0)
    throw new Error(`GET /user-segments does not answer what was loaded: ${response.status} ${text.slice(0, 400)}`);
  return { contentType: response.headers.get('content-type') ?? '', body: text };
}
