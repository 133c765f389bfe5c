import type { RequestFacts } from '../http/caller.ts';
import type { BareAnswer } from '../http/operation.ts';
import type { ProfileStore } from '../profiles/profile-store.ts';
import { gifAnswer, visitHeaders } from './visit.ts';
import type { Visitors } from './visitors.ts';

export interface PrivacyChoiceParts {
  readonly visitors: Visitors;
  readonly profiles: Pick<ProfileStore, 'forget'>;
}

/**
 * Did a person ask for it? A form was sent, or the browser itself went there; what a page loads (an image, a script, a frame) chooses for
 * nobody (ingest.md section 1.2).
 */
export function mayChoose({ method, headers }: RequestFacts): boolean {
  const destination = headers['sec-fetch-dest'];
  // A page that is fetched ahead was not gone to yet.
  if (String(headers['sec-purpose'] ?? '').includes('prefetch')) return false;
  return method === 'POST' || destination === undefined || destination === 'document';
}

/** The answer where nothing was chosen: a page that loads it must not break. */
export const unchosenAnswer = ({ headers }: RequestFacts): BareAnswer =>
  headers['sec-fetch-dest'] === 'image' ? gifAnswer() : { status: 204, headers: visitHeaders, body: '', ascii: true };

const texts = {
  out: {
    title: 'You have opted out',
    text: 'What was stored about this browser is deleted, and nothing more will be. A cookie remembers this choice; if you delete your cookies, choose again.',
    action: '/optin',
    button: 'Take this back',
  },
  in: {
    title: 'You have not opted out',
    text: 'This browser keeps no opt-out any more. At its next visit it is a new user; what was deleted stays deleted.',
    action: '/optout',
    button: 'Opt out',
  },
} as const;

/** The page that a person sees after choosing. */
export function choicePage(choice: keyof typeof texts): string {
  const { title, text, action, button } = texts[choice];
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><link rel="icon" href="data:,"><style>body{font:16px/1.5 system-ui,sans-serif;max-width:36rem;margin:3rem auto;padding:0 1rem}button{font:inherit;padding:.4rem .8rem}</style></head><body><h1>${title}</h1><p>${text}</p><form method="post" action="${action}"><button>${button}</button></form></body></html>`;
}
