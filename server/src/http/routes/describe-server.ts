import type { OpenOperation } from '../operation.ts';
import { version } from '../envelope.ts';
import { pageHeaders } from '../html.ts';

const description = 'Foyer, the open audience exchange';
const links = { console: '/console', docs: '/docs', openapi: '/openapi.json', health: '/healthz', ready: '/readyz', metrics: '/metrics' };

/** `GET /`: what this is, for machines and, where `Accept` prefers HTML, for people (additions.md section 10). */
export const describeServer = (): OpenOperation => ({
  id: 'describeServer',
  method: 'GET',
  paths: ['/'],
  summary: 'What this server is, with links',
  access: 'anyone',
  wire: { answer: 'bare' },
  handle(call) {
    const { accept } = call.facts.headers;
    if (!prefersHtml(typeof accept === 'string' ? accept : '')) {
      const body = JSON.stringify({ name: 'foyer', version, description, links });
      return { status: 200, headers: { 'content-type': 'application/json; charset=utf-8', vary: 'accept' }, body };
    }
    const items = Object.entries(links).map(([name, href]) => `<li><a href="${href}">${name}</a> <code>${href}</code></li>`);
    return {
      status: 200,
      headers: { ...pageHeaders, vary: 'accept' },
      body: page(`<ul>${items.join('')}</ul>`),
    };
  },
});

/** Does an Accept header prefer HTML to JSON? Without an opinion the answer is for machines. */
export function prefersHtml(accept: string): boolean {
  const quality = (type: string): number => {
    const range = accept.split(',').find((entry) => entry.split(';')[0]?.trim().toLowerCase() === type);
    if (range === undefined) return 0;
    const told = /;\s*q=([0-9.]+)/i.exec(range)?.[1];
    return told === undefined ? 1 : Number(told);
  };
  return quality('text/html') > quality('application/json');
}

const page = (content: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>Foyer</title><style>body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem}</style><h1>Foyer ${version}</h1><p>${description}.</p>${content}</html>`;
