import type { OpenOperation } from '../operation.ts';
import { version } from '../envelope.ts';

const description = 'Foyer, the open audience exchange';
const links = { console: '/console', docs: '/docs', openapi: '/openapi.json', health: '/healthz', ready: '/readyz' };

/** `GET /`: what this is, for machines and, where `Accept` prefers HTML, for people (additions.md section 10). */
export const describeServer = (): OpenOperation => ({
  id: 'describeServer',
  method: 'GET',
  paths: ['/'],
  summary: 'What this server is, with links',
  access: 'anyone',
  handle(call) {
    const accept = call.facts.headers.accept ?? '';
    const prefersHtml = typeof accept === 'string' && /text\/html/.test(accept) && !/^application\/json/.test(accept);
    if (!prefersHtml) {
      const body = JSON.stringify({ name: 'foyer', version, description, links });
      return { status: 200, headers: { 'content-type': 'application/json; charset=utf-8', vary: 'accept' }, body };
    }
    const items = Object.entries(links).map(([name, href]) => `<li><a href="${href}">${name}</a> <code>${href}</code></li>`);
    return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8', vary: 'accept' }, body: page(`<ul>${items.join('')}</ul>`) };
  },
});

const page = (content: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>Foyer</title><style>body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem}</style><h1>Foyer ${version}</h1><p>${description}.</p>${content}</html>`;
