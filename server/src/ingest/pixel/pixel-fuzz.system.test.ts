import { afterAll, beforeAll, expect, it } from 'vitest';
import { members, type PlatformServer, startPlatform } from '../../../test/platform-server.ts';
import { seededRandom, testSeed } from '../../../test/random.ts';
import type { BareAnswer } from '../../http/operation.ts';
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

/** What pixels are made of, right and wrong; by blanks. */
const fixedPieces =
  `add &t=1& remove add_code Remove_Code member value redir t seg seg_code user device gdpr gdpr_consent gpp gpp_sid us_privacy
  = = = & & & , : ; % %2 %00 %0d%0a %FF %C3%A9 %2C %3A + ? # \\ " < 0 1 -1 2147483647 2147483648 99999999999999999999 x c0 c1 idfa aaid
  0f0e0002-0000-4000-8000-000000000001 https://a.example/ https%3A%2F%2Fa.example data:text/html,x $UID 1YYN
  CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA 2,6,7`.split(/\s+/);

const visible = /^[\x20-\x7e]*$/;

/** What kind of answer it is; a text that says what is wrong with it otherwise. */
function kindOf({ status, headers, body }: BareAnswer): 'image' | 'script' | 'redirect' | { readonly wrong: string } {
  const unfit = Object.values(headers).find((value) => !visible.test(value));
  if (unfit !== undefined) return { wrong: `a header is ${JSON.stringify(unfit)}` };
  const { location, 'content-type': type = '' } = headers;
  if (status === 302 && location !== undefined) return 'redirect';
  if (status === 200 && type === 'image/gif' && body.length === 43) return 'image';
  return status === 200 && type.startsWith('application/javascript') ? 'script' : { wrong: `${status} ${type}` };
}

it(`${queries} random queries: every one is answered, with an image, a script or a redirect, in headers that can be sent`, async () => {
  const seed = testSeed();
  const random = seededRandom(seed);
  const known: readonly [string, ...string[]] = ['seg', ...fixedPieces, String(members.provider), ...segments.map(String)];
  const piece = (): string => (random.chance(0.85) ? random.of(known) : String.fromCharCode(random.whole(0, 255)));
  const ids = new Set(['addByPixel', 'addByConversionPixel', 'mapUserIds']);
  const [first, ...others] = platform.server.operations.filter(({ id }) => ids.has(id)) as VisitOperation[];
  if (!first || others.length !== 2) throw new Error('there are not three pixels');
  const cookies: readonly [string, ...string[]] = ['uuid2=7652000000000500001', 'uuid2=-1', 'uuid2=x', '', 'uuid2=7652000000000500002'];
  const seen = { image: 0, script: 0, redirect: 0, error: 0 };
  const wrong: string[] = [];
  for (let at = 0; at < queries; at++) {
    let query = '';
    for (let left = random.whole(1, 24); left > 0; left--) query += piece();
    const { paths, visit }: VisitOperation = random.of([first, ...others]);
    const [path = ''] = paths;
    const facts = {
      method: 'GET',
      path,
      query,
      headers: { cookie: random.of(cookies) },
      peerAddress: '',
      encrypted: false,
      queryToken: undefined,
    };
    const answer = await visit({ path, query, facts, bounced: random.chance(0.8) });
    const kind = kindOf(answer);
    if (typeof kind === 'string') seen[kind] += 1;
    else wrong.push(`seed ${seed}, ${path}?${query}: ${kind.wrong}`);
    if ('x-foyer-error' in answer.headers) seen.error += 1;
  }
  expect(wrong).toEqual([]);
  // The queries reach what they are to break.
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(100);
});
