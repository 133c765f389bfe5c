import { hash, timingSafeEqual } from 'node:crypto';
import { Buffer } from 'node:buffer';
import type { Registry } from 'prom-client';
import { refusal } from '../../kit/refusal.ts';
import type { Admit, RequestFacts } from '../caller.ts';
import { httpErrors } from '../http-errors.ts';
import { type OpenOperation, reading } from '../operation.ts';

export interface MetricsParts {
  readonly registry: Registry;
  readonly admit: Admit;
  /** The client's address, as far as forwarded headers can be believed. */
  readonly clientAddress: (facts: Parameters<Admit>[0]) => string;
  /** Empty: none. */
  readonly metricsToken: string;
}

/** `GET /metrics`: Prometheus text, for loopback addresses, an administrator's token, or FOYER_METRICS_TOKEN as Bearer (additions.md section 10). */
export const readMetrics = (parts: MetricsParts): OpenOperation => ({
  id: 'readMetrics',
  method: 'GET',
  paths: ['/metrics'],
  summary: 'Prometheus metrics',
  access: 'anyone',
  wire: { answer: 'bare' },
  async handle(call) {
    const { facts } = call;
    if (!isLoopback(parts.clientAddress(facts)) && !hasToken(facts.headers.authorization, parts.metricsToken)) requireAdmin(parts, facts);
    return { status: 200, headers: { 'content-type': parts.registry.contentType }, body: await parts.registry.metrics() };
  },
});

/** Whoever else calls is not told whether the token is good for something else. @throws Refusal http.metricsClosed */
function requireAdmin({ admit }: MetricsParts, facts: RequestFacts): void {
  try {
    admit(facts, { ...reading, throttled: false, adminOnly: true });
  } catch (error) {
    throw refusal(httpErrors.metricsClosed, {}, { cause: error });
  }
}

export const isLoopback = (address: string): boolean => /^(127\.|::1$|::ffff:127\.)/.test(address);

function hasToken(authorization: string | string[] | undefined, token: string): boolean {
  if (token === '' || typeof authorization !== 'string') return false;
  const digest = (text: string): Buffer => Buffer.from(hash('sha256', text, 'hex'));
  return timingSafeEqual(digest(authorization), digest(`Bearer ${token}`));
}
