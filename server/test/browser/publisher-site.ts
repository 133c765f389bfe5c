/** A publisher's site: examples/publisher-page as it stands, with a consent manager made of the IAB's own libraries. */
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { Segment, SegmentEncoder, TCModel } from '@iabtcf/core';
import { repository } from '../running-server.ts';

const pageFile = join(repository, 'examples', 'publisher-page', 'index.html');

/** What the page says about itself: the numbers that a publisher replaces. */
export const onThePage = {
  exchange: 'audience.example',
  partner: 'partner.example',
  member: 500,
  pixelSegment: 1001,
  scriptSegment: 1002,
  loggedIn: 'crm-4711',
} as const;

/** A TCF string of a person that allows these purposes. */
export function consentTo(purposes: readonly number[]): string {
  const model = new TCModel();
  [model.cmpId, model.cmpVersion, model.consentLanguage, model.publisherCountryCode] = [31, 2, 'EN', 'DE'];
  model.purposeConsents.set([...purposes]);
  return SegmentEncoder.encode(model, Segment.CORE);
}

/**
 * Asks once on each site and keeps the answer there. The stub comes first and queues what the page asks; the manager itself loads late, as
 * they do.
 */
const consentManager = `
<script src="/iabtcf/stub/lib/stub.js"></script>
<script type="importmap">
{"imports":{"@iabtcf/core":"/iabtcf/core/lib/mjs/index.js","@iabtcf/cmpapi":"/iabtcf/cmpapi/lib/mjs/index.js"}}
</script>
<script type="module">
  import { CmpApi } from '@iabtcf/cmpapi';
  const manager = new CmpApi(31, 2, true);
  const kept = localStorage.getItem('choice');
  if (kept === null) {
    manager.update('', true);
    const banner = document.createElement('dialog');
    for (const [text, choice] of [['Accept', '${consentTo([1, 3, 4])}'], ['Refuse', '${consentTo([])}'], ['Only measure', '${consentTo([1])}']]) {
      const button = document.createElement('button');
      button.textContent = text;
      button.onclick = () => {
        banner.remove();
        localStorage.setItem('choice', choice);
        manager.update(choice, false);
      };
      banner.append(button);
    }
    document.body.append(banner);
    banner.show();
  } else manager.update(kept, false);
</script>`;

const moduleFile = /^\/iabtcf\/((?:core|cmpapi|stub)\/lib\/[\w./-]+\.js)$/;
const html = { 'content-type': 'text/html; charset=utf-8' };

/**
 * - `/`: the page with the consent manager; `/plain`: without one.
 * - `?as=ID`: this person is logged in, in place of the example's.
 * - `/abuse`: a page that opts its readers out behind their backs.
 */
export function publisherSite(request: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(request.url ?? '', 'https://site.example');
  const [, module] = moduleFile.exec(pathname) ?? [];
  if (module !== undefined) {
    const file = join(repository, 'node_modules', '@iabtcf', module);
    response.writeHead(200, { 'content-type': 'text/javascript', 'cache-control': 'max-age=3600' }).end(readFileSync(file));
  } else if (pathname === '/' || pathname === '/plain') {
    const page = readFileSync(pageFile, 'utf8').replaceAll(onThePage.loggedIn, searchParams.get('as') ?? onThePage.loggedIn);
    response.writeHead(200, html).end(pathname === '/' ? page.replace('<head>', () => `<head>${consentManager}`) : page);
  } else if (pathname === '/abuse') response.writeHead(200, html).end(abuse);
  else response.writeHead(404).end();
}

const optOut = `https://${onThePage.exchange}/optout`;
const abuse = `<!doctype html><title>Abuse</title><link rel="icon" href="data:,"><img src="${optOut}" alt=""><script src="${optOut}"></script><iframe src="${optOut}"></iframe>`;

const gif = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==', 'base64');

/** The partner of the page: takes ids and piggyback pixels, and answers with an image. */
export const partnerSite = (_request: IncomingMessage, response: ServerResponse): void => {
  response.writeHead(200, { 'content-type': 'image/gif', 'cache-control': 'no-store' }).end(gif);
};
