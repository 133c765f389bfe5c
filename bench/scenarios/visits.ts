import type { VisitRoute } from '../load/requests.ts';
import { httpScenario } from './http-scenario.ts';
import type { Scenario } from './scenario.ts';

const visits = (route: VisitRoute, summary: string): Scenario =>
  httpScenario({ name: route, summary, connections: 64, plan: { kind: 'visit', route }, prepared: 100_000, targets: { bare: 0.7 } });

/** What browsers send: every call of another user that has been there before. */
export const getuidj = visits('getuidj', 'GET /getuidj, 64 connections');
export const mapuid = visits('mapuid', 'GET /mapuid, one external id of 16 bytes, durable before the image, 64 connections');
export const seg = visits('seg', 'GET /seg, two segments, durable before the image, 64 connections');
