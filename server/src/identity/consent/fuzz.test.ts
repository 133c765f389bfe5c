import { GppModel } from '@iabgpp/cmpapi';
import { expect, test } from 'vitest';
import { type Random, seededRandom, testSeed } from '../../../test/random.ts';
import { type ConsentSignals, decideConsent, denyingSignals, purposesOf } from '../decide-consent.ts';
import { findSignals } from '../find-signals.ts';
import { findGppSections, readUsNationalOptOut, readUsPrivacySection } from './gpp-string.ts';
import { TcfString } from './tcf-string.ts';

const inputs = 100_000;
const alphabets = [
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_',
  'AAAAAAAAAAAAAD_BCQ',
  'CDB~~.1YN-A',
  '%&?=#+gdprGDPR_consentusivay0123456789ABCDEF',
  '\0\t\n é\ud800\udc00\uffff%2&=',
] as const;

const model = new GppModel();
model.setFieldValue(
  'tcfeuv2',
  'PurposeConsents',
  Array.from({ length: 24 }, () => true),
);
model.setFieldValue('uspv1', 'OptOutSale', 'N');
model.setFieldValue('usnat', 'SaleOptOut', 2);
const gpp = model.encode();
const tcf = 'CQdWToAQdWToAAfABAENCWFgAKAAAAAAAAYgF5wAQF5gAAAA';

/** Texts that readers choke on: valid ones with characters changed, cut, doubled or taken out, and garbage. */
const valid = [
  tcf,
  gpp,
  `https://a.example/s?u=$UID&gdpr=1&gdpr_consent=${tcf}&us_privacy=1YNN&gpp=${gpp}&gpp_sid=2%2C6`,
  encodeURIComponent(`https://a.example/s?gdpr=1&gdpr_consent=${tcf}&us_privacy=1YYN`),
] as const;

function garbage(random: Random, length: number): string {
  const alphabet = random.of(alphabets);
  let text = '';
  for (let at = 0; at < length; at++) text += alphabet[random.whole(0, alphabet.length - 1)] ?? '';
  return text;
}

function input(random: Random): string {
  if (random.chance(0.3)) return garbage(random, random.whole(0, 60));
  const text = random.of(valid);
  const [from, to] = [random.whole(0, text.length), random.whole(0, text.length)];
  return text.slice(0, from) + (random.chance(0.5) ? garbage(random, random.whole(0, 4)) : '') + text.slice(random.chance(0.5) ? from : to);
}

/** Runs `read` on 100,000 inputs and tells how many it took; a throw names the seed and the input. */
function fuzz(read: (text: string, random: Random) => void): number {
  const seed = testSeed();
  const random = seededRandom(seed);
  let taken = 0;
  for (; taken < inputs; taken++) {
    const text = input(random);
    try {
      read(text, random);
    } catch (error) {
      throw new Error(`FOYER_TEST_SEED=${seed}, input ${JSON.stringify(text)}`, { cause: error });
    }
  }
  return taken;
}

test('the TCF reader answers whatever it is given', () => {
  const taken = fuzz((text, random) => {
    const reader = new TcfString(text, random.whole(0, text.length));
    const answers = [reader.consentsToPurpose(random.whole(1, 24)), reader.consentsToVendor(random.whole(1, 65_535)), reader.holdsPurposes];
    if (!answers.every((answer) => typeof answer === 'boolean') || !(reader.version < 64)) throw new Error('no answer');
  });
  expect(taken).toBe(inputs);
});

test('the GPP reader answers whatever it is given', () => {
  const taken = fuzz((text, random) => {
    const starts = findGppSections(text);
    for (const start of [...Object.values(starts ?? {}), random.whole(0, text.length)]) {
      if (start > text.length) throw new Error('a section behind the end');
      if (start < 0) continue;
      readUsPrivacySection(text, start);
      readUsNationalOptOut(text, start);
    }
  });
  expect(taken).toBe(inputs);
});

test('signals are found, and the call decided, whatever the query', () => {
  const seen = new Set<string | undefined>();
  fuzz((text, random) => {
    const signals = findSignals(text);
    if (Object.values(signals).some((value: string | undefined) => value !== undefined && value.length > text.length))
      throw new Error('too long');
    seen.add(decideConsent(signals, { use: random.of(['sync', 'memberships']), vendorId: random.of([0, 755]), secGpc: undefined }));
  });
  expect(seen).toEqual(new Set([undefined, 'gdpr', 'us-privacy', 'gpp']));
});

test('the decision answers whatever stands in the signals', () => {
  const some = (random: Random): string | undefined => (random.chance(0.2) ? undefined : input(random));
  const taken = fuzz((text, random) => {
    const signals: ConsentSignals = {
      gdpr: random.of(['1', '0', undefined, text]),
      gdprConsent: random.of([text, undefined]),
      usPrivacy: random.of([text, '1YNN', undefined]),
      gpp: random.chance(0.5) ? text : some(random),
      gppSid: random.of(['2', '6', '7', '2,6,7', '8', text]),
    };
    const use = random.of(Object.keys(purposesOf) as [keyof typeof purposesOf, ...(keyof typeof purposesOf)[]]);
    const denied = decideConsent(signals, { use, vendorId: random.of([0, 755]), secGpc: random.of([undefined, '1', text]) });
    if (denied !== undefined && !denyingSignals.includes(denied)) throw new Error(`denied by ${String(denied)}`);
  });
  expect(taken).toBe(inputs);
});

test('64 KB of anything are read to their end', () => {
  const long = (text: string): string => text.repeat(Math.ceil(65_536 / text.length)).slice(0, 65_536);
  for (const part of ['gdpr=1&', 'gdpr_consent=A&', '&', '?', '=', '%', '%25', '%41', 'gpp_sid=2,&', 'gpp=~~~&', '_', 'A', '~', '2', 'é']) {
    const text = long(part);
    const signals = findSignals(`${text}&us_privacy=1YYN`);
    expect(decideConsent({ ...signals, gdpr: '0', gpp: undefined, gppSid: '' }, { use: 'sync', vendorId: 0, secGpc: undefined })).toBe(
      'us-privacy',
    );
    const all: ConsentSignals = { gdpr: '1', gdprConsent: `${tcf}${text}`, usPrivacy: text, gpp: `DBABM~${text}`, gppSid: text };
    expect(decideConsent(all, { use: 'memberships', vendorId: 755, secGpc: '1' })).toBeOneOf(denyingSignals.slice());
  }
});
