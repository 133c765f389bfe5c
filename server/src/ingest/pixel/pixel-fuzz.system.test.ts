import { afterAll, beforeAll, expect, it } from 'vitest';
import { members, type PlatformServer, startPlatform } from '../../../test/platform-server.ts';
import { seededRandom, testSeed } from '../../../test/random.ts';
import type { VisitOperation } from '../../identity/visit.ts';

const queries = 100_000;
let platform: PlatformServer;
const segments: number[] = [];
beforeAll(async () => {
  platform = await startPlatform();
  for (const more of [{}, { client_side: false }, { piggyback_pixels: [{ url: 'https://p.example/?a=1', pixel_type: 'img' }] }])
    segments.push(
      Number(
        (await platform.call('POST /segment', { json: { segment: { short_name: 'x', code: `c${segments.length}`, ...more } } })).at('id'),
      ),
    );
});
afterAll(() => platform.stop());

/** What pixels are made of, right and wrong. */
const pieces = (): readonly [string, ...string[]] => [
  'add',
  '&t=1&',
  ...[
    'add',
    '&t=1&',
    'remove',
    'add_code',
    'Remove_Code',
    'member',
    'value',
    'redir',
    't',
    'seg',
    'seg_code',
    'user',
    'device',
    'gdpr',
    'gdpr_consent',
    'gpp',
    'gpp_sid',
    'us_privacy',
  ],
  ...[
    '=',
    '=',
    '=',
    '&',
    '&',
    '&',
    ',',
    ':',
    ';',
    '%',
    '%2',
    '%00',
    '%0d%0a',
    '%FF',
    '%C3%A9',
    '%2C',
    '%3A',
    '+',
    '?',
    '#',
    '\\',
    '"',
    '<',
  ],
  ...[
    '0',
    '1',
    '-1',
    '2147483647',
    '2147483648',
    '99999999999999999999',
    'x',
    'c0',
    'c1',
    'idfa',
    'aaid',
    '0f0e0002-0000-4000-8000-000000000001',
  ],
  ...[
    'https://a.example/',
    'https%3A%2F%2Fa.example',
    'javascript:alert(1)',
    '$UID',
    '1YYN',
    'CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA',
    '2,6,7',
  ],
  ...[String(members.provider), ...segments.map(String)],
];

const visible = /^[\x20-\x7e]*$/;

it(`${queries} random queries: every one is answered, with an image, a script or a redirect, in headers that can be sent`, async () => {
  const seed = testSeed();
  const random = seededRandom(seed);
  const known = pieces();
  const piece = (): string => (random.chance(0.85) ? random.of(known) : String.fromCharCode(random.whole(0, 255)));
  const operations = platform.server.operations.filter(({ id }) =>
    ['addByPixel', 'addByConversionPixel', 'mapUserIds'].includes(id),
  ) as VisitOperation[];
  const [first, ...others] = operations;
  if (!first || others.length !== 2) throw new Error('there are not three pixels');
  const cookies: readonly [string, ...string[]] = ['uuid2=7652000000000500001', 'uuid2=-1', 'uuid2=x', '', 'uuid2=7652000000000500002'];
  const seen = { image: 0, script: 0, redirect: 0, error: 0 };
  for (let at = 0; at < queries; at++) {
    let query = '';
    for (let left = random.whole(1, 24); left > 0; left--) query += piece();
    const operation = random.of([first, ...others]);
    const [path = ''] = operation.paths;
    const facts = {
      method: 'GET',
      path,
      query,
      headers: { cookie: random.of(cookies) },
      peerAddress: '',
      encrypted: false,
      queryToken: undefined,
    };
    const { status, headers, body } = await operation.visit({ path, query, facts, bounced: random.chance(0.8) });
    const { location, 'content-type': type, 'x-foyer-error': error } = headers;
    for (const value of Object.values(headers))
      if (!visible.test(value)) expect.fail(`seed ${seed}: ${JSON.stringify(query)}: the header ${JSON.stringify(value)}`);
    if (location !== undefined) seen.redirect += 1;
    else if (type === 'image/gif' && body.length === 43) seen.image += 1;
    else if (type?.startsWith('application/javascript')) seen.script += 1;
    else expect.fail(`seed ${seed}: ${JSON.stringify(query)}: ${status} ${type}`);
    if (error !== undefined) seen.error += 1;
    if (status !== (location === undefined ? 200 : 302)) expect.fail(`seed ${seed}: ${JSON.stringify(query)}: ${status}`);
  }
  // The queries reach what they are to break.
  for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(100);
}, 120_000);
