import { httpScenario } from './http-scenario.ts';

/** What a bidder asks: who is this? */
export const lookup = httpScenario({
  name: 'lookup',
  summary: 'GET /user-segments of a loaded user, 64 connections',
  connections: 64,
  plan: { kind: 'lookup' },
  prepared: 100_000,
  targets: { bare: 1.2, p99Us: 5000 },
});
