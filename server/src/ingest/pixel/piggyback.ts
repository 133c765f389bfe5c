import type { PiggybackPixel } from '../../segments/segment.ts';
import type { Addition } from './asked-segments.ts';

/** The pixels that come along with the added segments, in their order (Segment Service, piggyback_pixels). */
export const piggybackOf = (added: readonly Addition[]): readonly PiggybackPixel[] => added.flatMap(({ segment }) => segment.piggyback);

/** A script that loads them; empty where there are none. */
export function piggybackScript(pixels: readonly PiggybackPixel[]): string {
  return pixels.map(({ url, pixel_type: type }) => (type === 'img' ? `new Image().src=${literal(url)};` : scriptLoader(url))).join('');
}

const scriptLoader = (url: string): string =>
  `(function(d){var s=d.createElement("script");s.async=true;s.src=${literal(url)};(d.head||d.documentElement).appendChild(s)})(document);`;

/** A string literal that also stands safely in a script element of a page. */
const literal = (text: string): string =>
  JSON.stringify(text).replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
