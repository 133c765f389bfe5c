/** examples/publisher-page in a real browser, on two sites, before a real server: what is stored is read back through the API. */
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type Answer, call, importText, pick } from '../api.ts';
import { type RunningServer, startServer, temporaryFolder } from '../running-server.ts';
import { smallImport } from '../small-import.ts';
import { type Browser, openBrowser, type ThirdPartyCookies } from './chromium.ts';
import { meetPerson, type Person } from './person.ts';
import { consentTo, onThePage, partnerSite, publisherSite } from './publisher-site.ts';
import { proxyTo, startTestWeb, type TestWeb, type WebCall } from './test-web.ts';

const { exchange, partner, member, pixelSegment, scriptSegment } = onThePage;
const [news, shop] = ['news.example', 'shop.example'];
/** Paths of the tags, each asked for once on a page. */
const tagPaths = ['/getuid', '/getuidj', '/mapuid', '/seg', '/seg'];
const piggybackUrl = `https://${partner}/piggyback?of=1002`;

/** What ends what was started, the newest first. */
const ends: (() => unknown)[] = [];
let server: RunningServer;
let web: TestWeb;
let browsers: Readonly<Record<ThirdPartyCookies, Browser>>;
/** The one of the running test. */
let person: Person;
let people = 0;
/** The id that the sites know the person of a test by. */
let own: string;

beforeAll(async () => {
  const folder = temporaryFolder('browser');
  ends.unshift(folder.remove);
  const env = { FOYER_TRUST_PROXY: '1', FOYER_REDIRECT_HOSTS: partner };
  server = await startServer({ data: folder.path, args: ['--empty'], env });
  ends.unshift(server.stop);
  await importText(server.url, server.operatorToken, smallImport());
  const piggyback = { segment: { piggyback_pixels: [{ url: piggybackUrl, pixel_type: 'img' }] } };
  const changed = await api(`/segment?id=${scriptSegment}&member_id=${member}`, { method: 'PUT', json: piggyback });
  expect(changed.status, changed.text).toBe(200);
  web = await startTestWeb({ [news]: publisherSite, [shop]: publisherSite, [partner]: partnerSite, [exchange]: proxyTo(server.url) });
  ends.unshift(web.stop);
  const open = async (thirdPartyCookies: ThirdPartyCookies): Promise<Browser> => {
    const browser = await openBrowser({ thirdPartyCookies, hosts: web.hosts, port: web.port });
    ends.unshift(browser.close);
    return browser;
  };
  browsers = { allowed: await open('allowed'), blocked: await open('blocked') };
});
afterAll(async () => {
  for (const end of ends) await end();
});

beforeEach(() => {
  own = `crm-${++people}`;
  web.forgetCalls();
});

const begin = async (thirdPartyCookies: ThirdPartyCookies = 'allowed'): Promise<Person> => {
  const met = await meetPerson(browsers[thirdPartyCookies]);
  onTestFinished(met.leave);
  person = met;
  return met;
};

const api = (path: string, options: Parameters<typeof call>[2] = {}): Promise<Answer> =>
  call(server.url, path, { token: server.operatorToken, ...options });

interface Found {
  readonly user: { readonly user_id: string | null; readonly known: boolean; readonly opted_out: boolean };
  readonly memberships: readonly { readonly segment_id: number; readonly value: number; readonly source: string }[];
}

async function lookUp(query: string): Promise<Found> {
  const answer = await api(`/user-segments?member_id=${member}&${query}`);
  expect(answer.status, answer.text).toBe(200);
  return pick(answer.json, 'response') as unknown as Found;
}
const lookUpOwn = (): Promise<Found> => lookUp(`uid=${own}&domain=external&member=${member}`);

const callsOf = (path: string): readonly WebCall[] => web.calls(exchange).filter((each) => each.path === path);
/** The ids that the partner was told. */
const partnerIds = (): (string | null)[] =>
  web
    .calls(partner)
    .filter(({ path }) => path === '/sync')
    .map(({ query }) => new URLSearchParams(query).get('uid'));
/** Images that the page asked for and did not get. */
const brokenImages = (): Promise<unknown> =>
  person.page.evaluate('[...document.images].filter((image) => image.currentSrc && image.naturalWidth === 0).length');

describe('consent given, third-party cookies allowed', () => {
  test('a first visit bounces once; on another site the browser has the same id', async () => {
    const { read, cookie, shownUser, faults } = await begin();
    await read(news, own, 'Accept');
    expect(callsOf('/bounce')).toHaveLength(1);
    const user = await cookie();
    expect(user).toMatch(/^[1-9]\d{0,18}$/);
    expect([await shownUser(), ...partnerIds()]).toEqual([user, user]);
    web.forgetCalls();
    await read(shop, own, 'Accept');
    expect(
      web
        .calls(exchange)
        .map(({ path }) => path)
        .sort(),
    ).toEqual(tagPaths);
    expect([await cookie(), await shownUser(), ...partnerIds()]).toEqual([user, user, user]);
    expect(faults).toEqual([]);
  });

  test('the pixels put the person into segments, and mapuid gives it your own id', async () => {
    const { read, cookie, faults } = await begin();
    await read(news, own, 'Accept');
    const found = await lookUpOwn();
    expect(found.user).toMatchObject({ user_id: await cookie(), known: true, opted_out: false });
    expect(found.memberships).toMatchObject([
      { segment_id: pixelSegment, value: 1, source: 'pixel' },
      { segment_id: scriptSegment, value: 0, source: 'pixel' },
    ]);
    expect((await lookUp(`uid=${found.user.user_id}`)).memberships).toEqual(found.memberships);
    expect(web.calls(exchange).map(({ error }) => error)).not.toContainEqual(expect.any(String));
    expect([faults, await brokenImages()]).toEqual([[], 0]);
  });

  test("the script loads the segment's piggyback pixel", async () => {
    await (await begin()).read(news, own, 'Accept');
    await expect.poll(() => web.calls(partner).filter(({ path }) => path === '/piggyback')).toMatchObject([{ query: 'of=1002' }]);
  });

  test('nothing is asked before the person has chosen; the choice goes along with every call and on to the partner', async () => {
    const { page } = await begin();
    await page.goto(`https://${news}/?as=${own}`);
    await page.getByRole('button', { name: 'Accept' }).waitFor();
    expect(web.calls(exchange)).toEqual([]);
    await person.read(news, own, 'Accept');
    const consent = `gdpr=1&gdpr_consent=${consentTo([1, 3, 4])}`;
    const asked = web.calls(exchange).filter(({ path }) => path !== '/bounce');
    for (const { query } of [...asked, ...web.calls(partner).filter(({ path }) => path === '/sync')]) expect(query).toContain(consent);
  });

  test('consent to storing alone: an id and a mapping, but no segments', async () => {
    const { read, cookie, faults } = await begin();
    await read(news, own, 'Only measure');
    const found = await lookUpOwn();
    expect([found.user.user_id, found.memberships]).toEqual([await cookie(), []]);
    expect(partnerIds()).toEqual([found.user.user_id]);
    expect([faults, await brokenImages()]).toEqual([[], 0]);
  });
});

test('a site without a consent manager claims nothing, and its calls are taken', async () => {
  const { read, cookie, faults } = await begin();
  await read(news, own, 'none');
  expect(web.calls(exchange).filter(({ query }) => query.includes('gdpr'))).toEqual([]);
  const found = await lookUpOwn();
  expect(found.user.user_id).toBe(await cookie());
  expect(found.memberships).toHaveLength(2);
  expect(faults).toEqual([]);
});

describe('consent refused', () => {
  async function expectNothingKept(): Promise<void> {
    expect(await person.cookie()).toBeUndefined();
    expect(web.calls(exchange).flatMap(({ setCookie }) => setCookie)).toEqual([]);
    expect((await lookUpOwn()).user).toMatchObject({ user_id: null, known: false });
    expect(web.calls(partner)).toEqual([]);
  }

  test('no cookie, nothing stored, nobody told, and the page does not break', async () => {
    const { read, shownUser, faults } = await begin();
    for (const site of [news, shop]) {
      await read(site, own, 'Refuse');
      expect(await shownUser()).toBe('none');
      expect(await brokenImages()).toBe(0);
    }
    expect(
      web
        .calls(exchange)
        .map(({ path, error }) => `${path} ${error}`)
        .sort(),
    ).toEqual(['/mapuid privacy', '/mapuid privacy', '/seg privacy', '/seg privacy', '/seg privacy', '/seg privacy']);
    await expectNothingKept();
    expect(faults).toEqual([]);
  });

  test('a page that asks for the id all the same is told why not', async () => {
    const { read, page } = await begin();
    await read(news, own, 'Refuse');
    const ask = `fetch('https://${exchange}/getuidj?gdpr=1&gdpr_consent=${consentTo([])}', { credentials: 'include' })`;
    expect(await page.evaluate(`${ask}.then(async (answer) => [answer.status, await answer.json()])`)).toEqual([
      403,
      { error: 'Request failed due to privacy signals' },
    ]);
    await expectNothingKept();
  });

  test('a browser that says so with every call (Global Privacy Control) is believed', async () => {
    const { read, page, faults } = await begin();
    await page.setExtraHTTPHeaders({ 'sec-gpc': '1' });
    await page.addInitScript("Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })");
    await read(news, own, 'none');
    await expectNothingKept();
    expect(faults).toEqual([]);
  });
});

describe('third-party cookies blocked', () => {
  test('every call bounces once, the partner gets 0, nothing is stored, and the page does not break', async () => {
    const { read, cookie, shownUser, faults } = await begin('blocked');
    for (const site of [news, shop]) {
      web.forgetCalls();
      await read(site, own, 'Accept');
      expect([await shownUser(), ...partnerIds()]).toEqual(['none', '0']);
      expect(callsOf('/bounce')).toHaveLength(tagPaths.length);
      expect(web.calls(exchange)).toHaveLength(2 * tagPaths.length);
      expect(
        web
          .calls(exchange)
          .flatMap(({ error }) => error ?? [])
          .sort(),
      ).toEqual(['no-cookie', 'no-cookie', 'no-cookie']);
      expect(await brokenImages()).toBe(0);
    }
    expect(await cookie()).toBeUndefined();
    expect((await lookUpOwn()).user).toMatchObject({ user_id: null, known: false });
    expect(faults).toEqual([]);
  });

  test('opting out is remembered all the same: the person goes to the exchange itself', async () => {
    const { read, page, cookie } = await begin('blocked');
    await read(news, own, 'Accept');
    await page.getByRole('link', { name: 'Do not keep data about me' }).click();
    await page.getByRole('heading', { name: 'You have opted out' }).waitFor();
    expect(await cookie()).toBe('-1');
  });
});

describe('opting out', () => {
  test('deletes what was stored, for good; the partner gets 0 until the person takes it back and is a new user', async () => {
    const { read, page, cookie, shownUser, faults } = await begin();
    await read(news, own, 'Accept');
    const before = (await cookie()) ?? '';
    await page.getByRole('link', { name: 'Do not keep data about me' }).click();
    await page.getByRole('heading', { name: 'You have opted out' }).waitFor();
    expect(await cookie()).toBe('-1');
    const forgotten = { user: { opted_out: true }, memberships: [] };
    expect(await lookUp(`uid=${before}`)).toMatchObject(forgotten);
    web.forgetCalls();
    await read(shop, own, 'Accept');
    expect([await shownUser(), ...partnerIds()]).toEqual(['none', '0']);
    expect(callsOf('/bounce')).toEqual([]);
    expect(await cookie()).toBe('-1');
    expect((await lookUpOwn()).memberships).toEqual([]);
    expect(faults).toEqual([]);

    await page.goto(`https://${exchange}/optout`);
    await page.getByRole('button', { name: 'Take this back' }).click();
    await page.getByRole('heading', { name: 'You have not opted out' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/optin');
    expect(await cookie()).toBeUndefined();
    own = `${own}-new`;
    await read(news, own, 'Accept');
    const after = await cookie();
    expect(after).toMatch(/^[1-9]\d{0,18}$/);
    expect(after).not.toBe(before);
    expect((await lookUpOwn()).user.user_id).toBe(after);
    expect(await lookUp(`uid=${before}`)).toMatchObject(forgotten);
  });

  test('a page that loads it as an image, a script or a frame changes nothing', async () => {
    const { read, page, cookie, faults } = await begin();
    await read(news, own, 'Accept');
    const user = await cookie();
    web.forgetCalls();
    await page.goto(`https://${shop}/abuse`);
    expect(
      callsOf('/optout')
        .map(({ status }) => status)
        .sort(),
    ).toEqual([200, 204, 204]);
    expect(await brokenImages()).toBe(0);
    expect(await cookie()).toBe(user);
    const found = await lookUpOwn();
    expect(found.user).toMatchObject({ user_id: user, opted_out: false });
    expect(found.memberships).toHaveLength(2);
    expect(faults).toEqual([]);
  });
});
