import { httpScenario } from './http-scenario.ts';

/** The everyday call: one user, two segments. Connections enough to keep group commit full. */
export const instantSmall = httpScenario({
  name: 'instant-small',
  summary: 'POST /rt-segment, 1 user x 2 segments a call, 64 connections, durable before the answer',
  connections: 64,
  plan: { kind: 'instant', usersPerCall: 1, segmentsPerUser: 2 },
  prepared: 50_000,
  targets: { bare: 0.85, redis: 1.6, postgres: 5, p99Us: 12_000 },
});
