import { httpScenario } from './http-scenario.ts';

/** The largest call that is allowed, for throughput: few connections, because one such call keeps a server busy for milliseconds. */
export const instantLarge = httpScenario({
  name: 'instant-large',
  summary: 'POST /rt-segment, 1,000 users x 10 segments a call, 4 connections, durable before the answer',
  connections: 4,
  plan: { kind: 'instant', usersPerCall: 1000, segmentsPerUser: 10 },
  prepared: 128,
  targets: { bare: 1, redis: 3.5, postgres: 12, membershipsPerSecond: 2_000_000 },
});
