import { percentDecodedInPart, visibleAscii } from '../../identity/percent-text.ts';
import { redirectTarget } from '../../identity/redirect-target.ts';
import { gifAnswer, redirectAnswer, textAnswer, type Visit } from '../../identity/visit.ts';
import type { BareAnswer } from '../../http/operation.ts';
import { askedSegments, type Addition, type ListNames } from './asked-segments.ts';
import { piggybackOf, piggybackScript } from './piggyback.ts';
import { PixelErrors } from './pixel-errors.ts';
import type { PixelParts } from './pixel-parts.ts';
import { PixelQuery } from './pixel-query.ts';
import { visitorError } from './visitor-error.ts';
import { writeSegments } from './write-segments.ts';

/** The answer of `/seg` and `/px`. Whatever comes, it is an image or a script, and what is valid in the call is done (ingest.md section 2). */
export async function answerPixel(parts: PixelParts, visit: Visit, names: ListNames): Promise<BareAnswer> {
  const errors = new PixelErrors();
  const query = new PixelQuery(visit.query);
  const met = parts.visitors.meet(visit, true);
  const visitor = met instanceof Promise ? await met : met;
  parts.counts.called(visit.path, visitor.is);
  if (visitor.is === 'bounce') return redirectAnswer(visitor.location, { 'set-cookie': visitor.cookie });
  let added: readonly Addition[] = [];
  if (visitor.is === 'user') {
    const asked = askedSegments(query, names, parts.view.current(), errors);
    ({ added } = asked);
    await writeSegments(parts, visitor.id, asked, errors);
    parts.visitors.note(visitor);
  } else errors.add(visitorError[visitor.is]);
  // Where privacy signals deny the call nothing of it is passed on either.
  const target = visitor.is === 'denied' ? undefined : targetOf(query, parts, errors);
  parts.errors.count(errors);
  const cookie = visitor.is === 'user' ? visitor.cookie : undefined;
  const headers = errors.headers();
  if (target !== undefined) return redirectAnswer(target, headers, cookie);
  const pixels = piggybackOf(added);
  if (isScript(query)) return textAnswer(200, 'application/javascript; charset=utf-8', piggybackScript(pixels), headers, cookie);
  const image = pixels.find(({ pixel_type: type }) => type === 'img');
  return image ? redirectAnswer(visibleAscii(image.url), headers, cookie) : gifAnswer(headers, cookie);
}

const isScript = (query: PixelQuery): boolean => query.text('t') === '1';

/** Where `redir` leads, if it may. */
function targetOf(query: PixelQuery, { hosts }: PixelParts, errors: PixelErrors): string | undefined {
  const sent = query.text('redir');
  if (sent === undefined || sent === '') return undefined;
  const target = redirectTarget(sent, hosts);
  if (target === undefined) errors.add('bad-redirect', sent);
  return target;
}

/** What a browser gets where not even the request could be read. Undefined for other routes. @param requestLine its beginning */
export function answerUnreadablePixel(requestLine: string): BareAnswer | undefined {
  const [, route, query] = /^GET \/(seg|px|mapuid)(?:\?(\S*)|[ \r\n]|$)/.exec(requestLine) ?? [];
  if (route === undefined) return undefined;
  const errors = new PixelErrors();
  errors.add('bad-request');
  if (/(?:^|&)t=1(?:&|$)/i.test(percentDecodedInPart(query ?? ''))) return textAnswer(200, 'application/javascript', '', errors.headers());
  return gifAnswer(errors.headers());
}
