import { userIdOf, segmentIds } from '../data/audience.ts';
import type { SampleAnswer } from '../contenders/contender.ts';
import type { FoyerServer } from '../contenders/foyer-server.ts';
import { call } from '../contenders/foyer-catalog.ts';

/** A call of this shape, outside the measured time. */
export function instantBody(users: number, segmentsPerUser: number): string {
  const blocks = segmentIds.slice(0, segmentsPerUser).map((id) => ({ seg_id: id, value: 1, expiration: 1440 }));
  return JSON.stringify({
    rt_segment: Array.from({ length: users }, (_, user) => ({ user_id: String(userIdOf(user)), seg_block: blocks })),
  });
}

/** The answer to an instant call of this shape. Depends on its shape alone, so every call of a run gets these bytes. */
export async function instantSample(foyer: FoyerServer, users: number, segmentsPerUser: number): Promise<SampleAnswer> {
  const body = instantBody(users, segmentsPerUser);
  const response = await fetch(`${foyer.url}/rt-segment`, { method: 'POST', headers: { authorization: foyer.token }, body });
  const text = await response.text();
  const read = JSON.parse(text) as { response?: { message?: { segments_in_request?: number }; warnings?: readonly unknown[] } };
  const { message, warnings } = read.response ?? {};
  if (response.status !== 200 || message?.segments_in_request !== users * segmentsPerUser || warnings?.length !== 0)
    throw new Error(`POST /rt-segment does not take the load: ${response.status} ${text.slice(0, 400)}`);
  await checkVisible(foyer, segmentsPerUser);
  return { contentType: response.headers.get('content-type') ?? '', body: text };
}

/** What was acknowledged must be there: a server that drops data would win every comparison. */
async function checkVisible(foyer: FoyerServer, segmentsPerUser: number): Promise<void> {
  const read = (await call(`${foyer.url}/user-segments?uid=${userIdOf(0)}`, 'GET', foyer.token)) as {
    response?: { memberships?: readonly { segment_id: number }[] };
  };
  const held = new Set(read.response?.memberships?.map((membership) => membership.segment_id));
  for (const id of segmentIds.slice(0, segmentsPerUser))
    if (!held.has(id)) throw new Error(`segment ${id} was acknowledged and is not there`);
}
