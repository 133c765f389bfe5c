import { request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPlatform, type PlatformServer } from '../../test/platform-server.ts';
import { normalisedUrl } from './http-server.ts';
import { prefersHtml } from './routes/describe-server.ts';

let platform: PlatformServer;
beforeAll(async () => {
  platform = await startPlatform({ settings: { metricsToken: 'metrics-secret', trustProxy: 1, bodyLimitBytes: 2000 } });
});
afterAll(() => platform.stop());

const open = (path: string, headers: Record<string, string> = {}) => platform.call(`GET ${path as '/x'}`, { as: null, headers });

describe('addresses', () => {
  it.each([
    ['/segment', '/segment'],
    ['/segment/', '/segment'],
    ['/segment//?a=1', '/segment?a=1'],
    ['/current/segment', '/segment'],
    ['/v1.17/segment/5/', '/segment/5'],
    ['/v1.0/', '/'],
    ['/', '/'],
    ['/v1/segment', '/v1/segment'],
    ['/v2/auth/jwt', '/v2/auth/jwt'],
    ['/currently/x', '/currently/x'],
    ['/segment?next=/current/x/', '/segment?next=/current/x/'],
    ['http://api.example:8080/v1.17/segment?id=1', '/segment?id=1'],
    ['http://api.example', '/'],
  ])('%s is %s', (url, normalised) => expect(normalisedUrl(url)).toBe(normalised));
});

describe('what nobody answers is refused in the envelope', () => {
  it('404 for an unknown service', async () => {
    const answer = await open('/nosuch/thing?token=secret');
    expect([answer.status, answer.at('error_id'), answer.at('error_code')]).toEqual([404, 'SYNTAX', null]);
    expect(answer.text).not.toContain('secret');
  });
  it('404 for a service of the protocol that is not offered yet, to those who are logged in', async () => {
    expect((await open('/report')).status).toBe(401);
    const answer = await platform.call('POST /report', { json: {} });
    expect([answer.status, answer.at('error_id')]).toEqual([404, 'SYNTAX']);
  });
  it.each(['PATCH', 'OPTIONS', 'TRACE', 'PUT'])('405 for %s', async (method) => {
    const answer = await platform.call(`${method as 'PUT'} /platform-member`, { as: null });
    expect([answer.status, answer.at('error_id'), answer.headers['allow']]).toEqual([405, 'SYNTAX', 'GET']);
  });
  it('400 for a path that cannot be decoded', async () => expect((await open('/segment/%zz')).at('error_id')).toBe('SYNTAX'));
  it('400 for a query that cannot be decoded, and 401 for nobody', async () => {
    expect((await platform.call('GET /segment?a=%zz')).at('error_id')).toBe('SYNTAX');
  });
  it('413 for a body that is too large, told before it is read', async () => {
    const answer = await platform.call('POST /segment', { body: 'x'.repeat(3000) });
    expect([answer.status, answer.at('error_id')]).toEqual([413, 'LIMIT']);
    expect(await announced(50_000_000)).toBe(413);
  });
  it('400 for what is no HTTP', async () => expect(await raw('nonsense\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 [\s\S]*"error_id":"SYNTAX"/));
  it('but not a connection that is silent for some seconds before its first request', async () => {
    expect(await raw('GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n', 2500)).toMatch(/^HTTP\/1\.1 200 /);
  });
  it('431 for headers without end', async () => {
    expect(await raw(`GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(120_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 431 [\s\S]*"error_id":"LIMIT"/,
    );
  });
});

/** The status of a POST that announces so many bytes and sends none. */
function announced(length: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: platform.tokens.provider, 'content-length': length };
    const sent = request(`${platform.url}/segment`, { method: 'POST', headers }, (answer) => {
      resolve(answer.statusCode ?? 0);
      sent.destroy();
    });
    sent.on('error', reject);
    sent.flushHeaders();
  });
}

/** @param silentMs between the connection and its first byte */
function raw(text: string, silentMs = 0): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(new URL(platform.url).port), '127.0.0.1', () => setTimeout(() => socket.write(text), silentMs));
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

describe('entry points', () => {
  it('GET / says what this is', async () => {
    const answer = await open('/');
    expect(answer.json).toEqual({
      name: 'foyer',
      version: expect.any(String),
      description: expect.any(String),
      links: { console: '/console', docs: '/docs', openapi: '/openapi.json', health: '/healthz', ready: '/readyz', metrics: '/metrics' },
    });
    const html = await open('/', { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' });
    expect(html.headers['content-type']).toContain('text/html');
    for (const link of ['/console', '/docs', '/openapi.json', '/healthz', '/readyz', '/metrics']) {
      expect(html.text).toContain(`href="${link}"`);
      expect((await open(link)).status, link).toBe(200);
    }
  });
  it.each([
    ['', false],
    ['*/*', false],
    ['application/json', false],
    ['application/json, text/html', false],
    ['text/html', true],
    ['text/html;q=0.5, application/json;q=0.4', true],
    ['text/html;q=0.1, application/json', false],
    ['TEXT/HTML', true],
  ])('Accept %s prefers HTML: %s', (accept, expected) => expect(prefersHtml(accept)).toBe(expected));
  it('GET /healthz and /readyz', async () => {
    expect((await open('/healthz')).json).toEqual({ status: 'ok' });
    expect((await open('/readyz')).json).toEqual({ status: 'ready', checks: { catalog: 'ok', profiles: 'ok', files: 'ok' } });
  });
  it('HEAD of all of them', async () => {
    for (const path of ['/', '/healthz', '/readyz', '/metrics', '/openapi.json'] as const) {
      const answer = await platform.call(`HEAD ${path}`, { as: null });
      expect([answer.status, answer.text]).toEqual([200, '']);
    }
  });
  it('GET /openapi.json lists every route, and none that is not offered', async () => {
    const document = (await open('/openapi.json')).json as { openapi: string; paths: Record<string, object> };
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining(['/auth', '/segment', '/segment/{first}/{second}', '/member-data-sharing', '/rt-segment']),
    );
    expect(document.paths['/report']).toBeUndefined();
    const ids = Object.values(document.paths).flatMap((path) =>
      Object.values(path as Record<string, { operationId: string }>).map((method) => method.operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('GET /metrics', () => {
  const from = (headers: Record<string, string>) => open('/metrics', { 'x-forwarded-for': '203.0.113.5', ...headers });
  it('200 from loopback, with routes by template', async () => {
    await platform.call('GET /segment/4711');
    const answer = await open('/metrics');
    expect(answer.status).toBe(200);
    expect(answer.text).toMatch(/foyer_http_requests_total\{route="\/segment",method="GET",status="404"\} \d/);
    expect(answer.text).not.toContain('4711');
    const seconds = Number(/foyer_http_request_seconds_sum\{route="\/segment"\} (\S+)/.exec(answer.text)?.[1]);
    expect(seconds).toBeGreaterThan(0);
  });
  it('200 from elsewhere with the token or an administrator’s', async () => {
    expect((await from({ authorization: 'Bearer metrics-secret' })).status).toBe(200);
    expect((await from({ authorization: platform.tokens.admin })).status).toBe(200);
  });
  it.each([
    ['no token', () => ({})],
    ['another token', () => ({ authorization: 'Bearer metrics-secre' })],
    ['a member’s', () => ({ authorization: platform.tokens.provider })],
  ])('401 NOAUTH from elsewhere with %s', async (_what, headers) => {
    const answer = await from(headers());
    expect([answer.status, answer.at('error_id')]).toEqual([401, 'NOAUTH']);
  });
});

it('a member’s limits hold on its reads and writes apart, in calendar minutes', async () => {
  const own = await startPlatform();
  try {
    const limits = { reads_per_minute: 2, writes_per_minute: 1 };
    const member = Number((await own.call('POST /member', { as: 'admin', json: { member: { name: 'Few', ...limits } } })).at('id'));
    const user = {
      username: 'few',
      password: 'Fresh-pass-1',
      email: 'x',
      first_name: 'x',
      last_name: 'x',
      user_type: 'member',
      entity_id: member,
      api_login: true,
    };
    await own.call('POST /user', { as: 'admin', json: { user } });
    const token = String(
      (await own.call('POST /auth', { as: null, json: { auth: { username: 'few', password: 'Fresh-pass-1' } } })).at('token'),
    );
    const read = () => own.call('GET /segment', { as: null, headers: { authorization: token } });
    const write = () => own.call('POST /segment', { as: null, headers: { authorization: token }, json: { segment: {} } });
    expect([(await read()).status, (await read()).status, (await read()).status]).toEqual([200, 200, 429]);
    expect([(await write()).status, (await write()).status]).toEqual([200, 429]);
    own.clock.forward(60_000);
    expect((await read()).status).toBe(200);
  } finally {
    await own.stop();
  }
});
