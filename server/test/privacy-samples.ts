/** The cases of ingest.md section 1.4, each as a call that the reference libraries of the formats wrote. */
import { GppModel } from '@iabgpp/cmpapi';
import { Segment, SegmentEncoder, TCModel } from '@iabtcf/core';

export interface PrivacySample {
  readonly query?: string;
  readonly secGpc?: string | undefined;
  readonly vendorId?: number;
}

const vendorId = 755;
const charactersToPurposes = 30;

function tcf(purposes: readonly number[], vendors: readonly number[] = []): string {
  const model = new TCModel();
  [model.cmpId, model.cmpVersion, model.consentLanguage, model.publisherCountryCode] = [31, 2, 'EN', 'DE'];
  // Legitimate interest beside it must count nowhere.
  model.purposeLegitimateInterests.set([2, 3, 4, 7]);
  model.vendorLegitimateInterests.set([vendorId]);
  model.purposeConsents.set([...purposes]);
  model.vendorConsents.set([...vendors]);
  return SegmentEncoder.encode(model, Segment.CORE);
}

type Fields = Readonly<Record<string, unknown>>;

/** A GPP string of sections by their names. */
function gpp(sections: Readonly<Record<string, Fields>>): string {
  const model = new GppModel();
  for (const [section, fields] of Object.entries(sections)) {
    for (const [field, value] of Object.entries(fields)) model.setFieldValue(section, field, value);
  }
  return model.encode();
}

const withTcf = (...purposes: readonly number[]): string =>
  gpp({ tcfeuv2: { PurposeConsents: Array.from({ length: 24 }, (_, at) => purposes.includes(at + 1)) }, uspv1: { OptOutSale: 'N' } });
const national = (fields: Fields): string =>
  gpp({ uspv1: { OptOutSale: 'N' }, usnat: { SaleOptOut: 2, SharingOptOut: 2, TargetedAdvertisingOptOut: 0, ...fields } });

const gdpr1 = (consent: string): PrivacySample => ({ query: `x=1&gdpr=1&gdpr_consent=${consent}` });

const one = '`gdpr` is 1';
const none = '`gdpr` is 0 or absent';
const sections = '`gpp` and its sections';

/** By signal and case, as the rows of docs/privacy.md name them. */
export const privacySamples: Readonly<Record<string, PrivacySample>> = {
  [`${one}: no \`gdpr_consent\``]: { query: 'add=1&gdpr=1' },
  [`${one}: empty \`gdpr_consent\``]: gdpr1(''),
  [`${one}: not TCF version 2`]: gdpr1(`B${tcf([1, 3], [vendorId]).slice(1)}`),
  [`${one}: shorter than its purpose bits`]: gdpr1(tcf([1, 3]).slice(0, charactersToPurposes - 1)),
  [`${one}: no purpose`]: gdpr1(tcf([], [vendorId])),
  [`${one}: purpose 3 alone`]: gdpr1(tcf([3])),
  [`${one}: purpose 1 alone`]: gdpr1(tcf([1])),
  [`${one}: purposes 1 and 3`]: gdpr1(tcf([1, 3])),
  [`${one}: purposes 1 and 3, cut short behind them`]: gdpr1(tcf([1, 3], [vendorId]).slice(0, charactersToPurposes)),
  [`${one}: the configured vendor`]: { ...gdpr1(tcf([1, 3], [2, vendorId])), vendorId },
  [`${one}: not the configured vendor`]: { ...gdpr1(tcf([1, 3], [vendorId - 1, vendorId + 1])), vendorId },
  [`${one}: the configured vendor is cut off`]: { ...gdpr1(tcf([1, 3], [vendorId]).slice(0, charactersToPurposes + 12)), vendorId },
  [`${one}: neither 0 nor 1 counts as 1`]: { query: 'gdpr=true' },
  [`${none}: 0`]: { query: `gdpr=0&gdpr_consent=${tcf([])}` },
  [`${none}: absent`]: { query: `gdpr_consent=${tcf([])}`, vendorId },
  [`${none}: empty counts as absent`]: { query: `gdpr=&gdpr_consent=${tcf([])}` },
  ['`us_privacy`: third character `Y`']: { query: 'us_privacy=1NYN' },
  ['`us_privacy`: third character `N`']: { query: 'us_privacy=1YNY' },
  ['`us_privacy`: third character `-`']: { query: 'us_privacy=1Y-Y' },
  ['`us_privacy`: malformed']: { query: 'us_privacy=YYYY' },
  ['`gpp_sid` has 2: no purpose in that section']: { query: `gpp=${withTcf()}&gpp_sid=2` },
  ['`gpp_sid` has 2: purpose 1 alone']: { query: `gpp=${withTcf(1)}&gpp_sid=6%2C2` },
  ['`gpp_sid` has 2: purposes 1 and 3']: { query: `gpp=${withTcf(1, 3)}&gpp_sid=2,6` },
  ['`gpp_sid` has 2: not the configured vendor']: { query: `gpp=${withTcf(1, 3)}&gpp_sid=2`, vendorId },
  ['`gpp_sid` has 6: third character `Y`']: { query: `gpp=${gpp({ uspv1: { OptOutSale: 'Y' }, usca: { SaleOptOut: 2 } })}&gpp_sid=6` },
  ['`gpp_sid` has 6: third character `N`']: { query: `gpp=${gpp({ uspv1: { OptOutSale: 'N' }, usnat: { SaleOptOut: 1 } })}&gpp_sid=6` },
  ['`gpp_sid` has 7: SaleOptOut is 1']: { query: `gpp=${national({ SaleOptOut: 1 })}&gpp_sid=7` },
  ['`gpp_sid` has 7: SharingOptOut is 1']: { query: `gpp=${national({ SharingOptOut: 1, Version: 1 })}&gpp_sid=7` },
  ['`gpp_sid` has 7: TargetedAdvertisingOptOut is 1']: { query: `gpp=${national({ TargetedAdvertisingOptOut: 1 })}&gpp_sid=7` },
  ['`gpp_sid` has 7: no opt-out']: { query: `gpp=${national({ SaleOptOutNotice: 1, SensitiveDataLimitUseNotice: 1 })}&gpp_sid=6,7` },
  [`${sections}: missing although 2 applies`]: { query: 'gpp_sid=1,2' },
  [`${sections}: missing although 6 applies`]: { query: 'gpp_sid=6&gpp=' },
  [`${sections}: missing although 7 applies`]: { query: 'gpp_sid=7_8' },
  [`${sections}: unreadable although one of them applies`]: { query: `gpp=${national({}).slice(1)}&gpp_sid=7` },
  [`${sections}: the section that applies is not in it`]: { query: `gpp=${withTcf(1, 3)}&gpp_sid=7` },
  [`${sections}: the section that applies is malformed`]: { query: `gpp=${gpp({ uspv1: { OptOutSale: 'N' } })}N&gpp_sid=6` },
  [`${sections}: another section applies`]: { query: `gpp=${gpp({ usca: { SaleOptOut: 1 }, usnat: { SaleOptOut: 1 } })}&gpp_sid=8` },
  [`${sections}: missing, another section applies`]: { query: 'gpp_sid=-1' },
  [`${sections}: unreadable, another section applies`]: { query: 'gpp=~&gpp_sid=8,9,22' },
  [`${sections}: \`gpp_sid\` absent`]: { query: `gpp=${national({ SaleOptOut: 1 })}` },
  ['`Sec-GPC`: 1']: { secGpc: '1', query: `gdpr=1&gdpr_consent=${tcf([1, 3])}` },
  ['`Sec-GPC`: 0']: { secGpc: '0' },
};
