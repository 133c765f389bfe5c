import { httpScenario } from './http-scenario.ts';
import { instantSample } from './instant-sample.ts';

/** Hashing a password takes some 20 ms of a core: do logins hold up the calls of those who are logged in? */
export const instantSmallLogins = httpScenario({
  name: 'instant-small-logins',
  summary: 'the same small POSTs while 20 logins a second arrive on other connections, and without them',
  connections: 64,
  plan: { kind: 'instant', usersPerCall: 1, segmentsPerUser: 2 },
  prepared: 50_000,
  membershipsPerCall: 2,
  sample: (foyer) => instantSample(foyer, 1, 2),
  loginsPerSecond: 20,
});
