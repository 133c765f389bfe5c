import type { ConsentSignals } from './decide-consent.ts';
import { gdprApplies } from './consent/gdpr-applies.ts';
import { readUsPrivacy } from './consent/us-privacy.ts';

type Found = { -readonly [Signal in keyof ConsentSignals]: ConsentSignals[Signal] };

/**
 * Finds the privacy signals in a raw query string, the text behind the first `?` of a call (ingest.md section 1.4). A signal stands at the
 * beginning or after any `?` or `&` and ends before the next `&`, `?` or `#`; so those inside a getuid call's target are found too. Names
 * ignore case, values are percent-decoded once, broken encoding stays as written. Never throws; takes time linear in the text.
 *
 * - **Encoded targets.** What stands nowhere in the query as written is looked for in the query decoded once, as the server decodes a target
 *   once. What the call itself says goes before what an encoded address inside it says; an empty gdpr, us_privacy or gpp_sid says nothing.
 * - **Twice in one text**, the stricter counts: a gdpr that applies, a us_privacy that opts out, the sections of all gpp_sid. Where
 *   gdpr_consent or gpp stands twice with different values, nobody knows which one is the person's: it counts as empty, which grants nothing.
 */
export function findSignals(rawQuery: string): ConsentSignals {
  const outer = scan(rawQuery);
  if (!rawQuery.includes('%')) return outer;
  const inner = scan(decodeOnce(rawQuery));
  return {
    gdpr: outer.gdpr || (inner.gdpr ?? outer.gdpr),
    gdprConsent: outer.gdprConsent ?? inner.gdprConsent,
    usPrivacy: outer.usPrivacy || (inner.usPrivacy ?? outer.usPrivacy),
    gpp: outer.gpp ?? inner.gpp,
    gppSid: outer.gppSid || (inner.gppSid ?? outer.gppSid),
  };
}

const longestName = 'gdpr_consent'.length;
const [lowerG, lowerU, equalsSign, ampersand, questionMark] = [0x67, 0x75, 0x3d, 0x26, 0x3f];

function scan(text: string): ConsentSignals {
  const found: Found = { gdpr: undefined, gdprConsent: undefined, usPrivacy: undefined, gpp: undefined, gppSid: undefined };
  let start = 0;
  let equals = -1;
  for (let at = 0; at <= text.length; at++) {
    const code = at < text.length ? text.charCodeAt(at) : ampersand;
    if (code === equalsSign && equals < 0) equals = at;
    if (code !== ampersand && code !== questionMark) continue;
    takeParameter(text, start, equals < 0 ? at : equals, at, found);
    start = at + 1;
    equals = -1;
  }
  return found;
}

/** Takes the parameter whose name is from `start` to `equals`, and its value from there to `end`, if it is a signal. */
function takeParameter(text: string, start: number, equals: number, end: number, found: Found): void {
  const first = text.charCodeAt(start) | 0x20;
  if ((first !== lowerG && first !== lowerU) || equals - start > longestName) return;
  const name = text.slice(start, equals).toLowerCase();
  switch (name) {
    case 'gdpr':
      found.gdpr = stricter(found.gdpr, valueOf(text, equals, end), gdprApplies);
      break;
    case 'gdpr_consent':
      found.gdprConsent = theOnly(found.gdprConsent, valueOf(text, equals, end));
      break;
    case 'us_privacy':
      found.usPrivacy = stricter(found.usPrivacy, valueOf(text, equals, end), (value) => readUsPrivacy(value) === 'opted-out');
      break;
    case 'gpp':
      found.gpp = theOnly(found.gpp, valueOf(text, equals, end));
      break;
    case 'gpp_sid':
      found.gppSid = together(found.gppSid, valueOf(text, equals, end));
      break;
    default:
  }
}

/** A value ends at a delimiter that its encoding hid, too: some encode a target's `&` and nothing else of it. */
function valueOf(text: string, equals: number, end: number): string {
  const value = decodeOnce(text.slice(equals + 1, end));
  const delimiter = value.search(/[&?#]/);
  return delimiter < 0 ? value : value.slice(0, delimiter);
}

const stricter = (before: string | undefined, value: string, isStrict: (value: string) => boolean): string =>
  before === undefined || isStrict(value) ? value : before;

const theOnly = (before: string | undefined, value: string): string => (before === undefined || before === value ? value : '');

const together = (before: string | undefined, value: string): string => (before && value ? `${before},${value}` : before || value);

/** Decodes what is ASCII, as all signals are; all else stays as written. */
function decodeOnce(text: string): string {
  if (!text.includes('%')) return text;
  return text.replaceAll(/%[0-7][\dA-Fa-f]/g, (escape) => String.fromCharCode(Number.parseInt(escape.slice(1), 16)));
}
