import { describe, expect, it, test } from 'vitest';
import { type ConsentSignals, type ConsentUse, decideConsent } from './decide-consent.ts';

/** What a string consents to, as the reference library wrote them. */
const tcf = {
  none: 'CQdWToAQdWToAAfABAENCWFgAAAAAAAAAAYgAAAAAAAA',
  one: 'CQdWToAQdWToAAfABAENCWFgAIAAAAAAAAYgAAAAAAAA',
  oneAndThree: 'CQdWToAQdWToAAfABAENCWFgAKAAAAAAAAYgAAAAAAAA',
  oneAndFour: 'CQq7FMAQq7FMAAfABBENCWEgAJAAAAAAAAYgAAoAAgAA',
};

const nothing: ConsentSignals = { gdpr: undefined, gdprConsent: undefined, usPrivacy: undefined, gpp: undefined, gppSid: undefined };
const decide = (signals: Partial<ConsentSignals>, use: ConsentUse = 'sync', secGpc?: string) =>
  decideConsent({ ...nothing, ...signals }, { use, vendorId: 0, secGpc });

test('a call without signals is allowed', () => expect(decide({})).toBeUndefined());

describe('what is done with the data decides which purposes it takes', () => {
  test.each<[keyof typeof tcf, Record<ConsentUse, boolean>]>([
    ['none', { sync: false, memberships: false, targeting: false }],
    ['one', { sync: true, memberships: false, targeting: false }],
    ['oneAndThree', { sync: true, memberships: true, targeting: false }],
    ['oneAndFour', { sync: true, memberships: false, targeting: true }],
  ])('%s', (name, allowed) => {
    for (const use of ['sync', 'memberships', 'targeting'] as const) {
      expect(decide({ gdpr: '1', gdprConsent: tcf[name] }, use)).toBe(allowed[use] ? undefined : 'gdpr');
      expect(decide({ gpp: `DBABM~${tcf[name]}`, gppSid: '2' }, use)).toBe(allowed[use] ? undefined : 'gpp');
    }
  });
});

describe('gdpr', () => {
  it.each(['1', '2', '01', 'true', '${GDPR}', ' 0'])('%j applies', (gdpr) => {
    expect(decide({ gdpr })).toBe('gdpr');
    expect(decide({ gdpr, gdprConsent: tcf.one })).toBeUndefined();
  });
  it.each(['0', ''])('%j does not', (gdpr) => expect(decide({ gdpr, gdprConsent: tcf.none })).toBeUndefined());
});

describe('us_privacy', () => {
  it.each(['1YYN', '1-Y-', '1nyn', '2YYN'])('%j opts out', (usPrivacy) => expect(decide({ usPrivacy })).toBe('us-privacy'));
  it.each(['1YNN', '1---', 'YYYY', '1YY', '1YYNN', '1YYX', '', '${US_PRIVACY}'])('%j does not', (usPrivacy) =>
    expect(decide({ usPrivacy })).toBeUndefined(),
  );
});

describe('gpp_sid', () => {
  it.each(['6', '2,6', '6,2', '2_6', '[2,6]', '2, 6', '2,+6', '06', '6,6', 'x,6'])('%j names section 6', (gppSid) =>
    expect(decide({ gppSid, gpp: `DBACNYA~${tcf.one}~1YYN` })).toBe('gpp'),
  );
  it.each(['', '16', '61', '-6', '%36', '6a', '1,8,9', '${GPP_SID}', '-1', '6e0'])('%j names none that is asked', (gppSid) =>
    expect(decide({ gppSid, gpp: `DBACNYA~${tcf.one}~1YYN` })).toBeUndefined(),
  );
});

describe('Sec-GPC', () => {
  it.each(['0', '', 'true', '10'])('%j is no opt-out', (value) => expect(decide({}, 'sync', value)).toBeUndefined());
  it('1 denies even what everything else allows', () =>
    expect(decide({ gdpr: '1', gdprConsent: tcf.oneAndThree, usPrivacy: '1YNN' }, 'memberships', '1')).toBe('gpc'));
});
