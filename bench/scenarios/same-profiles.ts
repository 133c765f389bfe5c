import type { FoyerServer } from '../contenders/foyer-server.ts';
import { userIdOf } from '../data/audience.ts';

interface MembershipOnWire {
  readonly segment_id: number;
  readonly value: number;
  readonly lifetime_minutes: number | null;
}

/** Users whose profiles are compared: the sample's, and some that were only loaded. */
const compared = [0, 1, 2, 7, 500, 999] as const;

/** A peer that loses or invents memberships would win: what it says of some users must be what Foyer says. @throws Error where it differs. */
export async function checkSameProfiles(foyer: FoyerServer, peerName: string, peerPort: number): Promise<void> {
  for (const user of compared) {
    const [ours, theirs] = await Promise.all([
      membershipsOf(foyer.url, user, foyer.token),
      membershipsOf(`http://127.0.0.1:${peerPort}`, user, undefined),
    ]);
    if (ours !== theirs) throw new Error(`${peerName} holds another profile of user ${user}: ${theirs}, not ${ours}`);
  }
}

/** Times are left out: calls were made one after the other. */
async function membershipsOf(url: string, user: number, token: string | undefined): Promise<string> {
  const response = await fetch(
    `${url}/user-segments?uid=${userIdOf(user)}`,
    token === undefined ? {} : { headers: { authorization: token } },
  );
  const text = await response.text();
  if (response.status !== 200) throw new Error(`GET /user-segments: ${response.status} ${text.slice(0, 200)}`);
  const { memberships } = (JSON.parse(text) as { readonly response: { readonly memberships: readonly MembershipOnWire[] } }).response;
  return JSON.stringify(memberships.map(({ segment_id, value, lifetime_minutes }) => [segment_id, value, lifetime_minutes]));
}
