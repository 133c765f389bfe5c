import type { OpenOperation } from '../operation.ts';

/** Is a part of the server able to work? `ok`, or a short text such as `recovering 40%`. */
export type ReadinessChecks = () => Promise<Readonly<Record<string, string>>>;

const plainJson = (status: number, body: object) => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
  body: JSON.stringify(body),
});

/** `GET /healthz`: the process answers; touches no store. */
export const checkHealth = (): OpenOperation => ({
  id: 'checkHealth',
  method: 'GET',
  paths: ['/healthz'],
  summary: 'Does the process answer?',
  access: 'anyone',
  wire: { answer: 'bare' },
  handle: () => plainJson(200, { status: 'ok' }),
});

/** `GET /readyz`: can it take calls? 503 names the part that cannot. */
export const checkReadiness = (checks: ReadinessChecks): OpenOperation => ({
  id: 'checkReadiness',
  method: 'GET',
  paths: ['/readyz'],
  summary: 'Can the server take calls?',
  access: 'anyone',
  wire: { answer: 'bare' },
  async handle() {
    const results = await checks();
    const ready = Object.values(results).every((result) => result === 'ok');
    return plainJson(ready ? 200 : 503, { status: ready ? 'ready' : 'not-ready', checks: results });
  },
});
