import { pageHeaders } from '../html.ts';
import type { OpenOperation } from '../operation.ts';

const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Foyer console</title><style>body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem}</style><h1>No console yet</h1><p>This version of Foyer has no console. Everything that it can do is on the command line (<code>npx foyer --help</code>) and in the API (<a href="/docs">/docs</a>).</p></html>`;

/** `GET /console`: says that this version has none and what to use instead; the address is the one that links will keep. */
export const showConsole = (): OpenOperation => ({
  id: 'showConsole',
  method: 'GET',
  paths: ['/console'],
  summary: 'Where the console will be',
  access: 'anyone',
  wire: { answer: 'bare' },
  handle: () => ({ status: 200, headers: pageHeaders, body: page }),
});
