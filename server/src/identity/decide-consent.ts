import { namesSection } from './consent/applicable-sections.ts';
import { gdprApplies } from './consent/gdpr-applies.ts';
import { findGppSections, gppSection, readUsNationalOptOut, readUsPrivacySection } from './consent/gpp-string.ts';
import { TcfString } from './consent/tcf-string.ts';
import { readUsPrivacy } from './consent/us-privacy.ts';

/** The privacy signals of a call, percent-decoded; undefined where one is absent. `findSignals` reads them from a query. */
export interface ConsentSignals {
  readonly gdpr: string | undefined;
  readonly gdprConsent: string | undefined;
  readonly usPrivacy: string | undefined;
  readonly gpp: string | undefined;
  /** Numbers of sections, by comma. */
  readonly gppSid: string | undefined;
}

/** The signals by which a call can be denied, in the order in which they are looked at. Metrics and answers use these words. */
export const denyingSignals = ['gdpr', 'us-privacy', 'gpp', 'gpc'] as const;
export type DenyingSignal = (typeof denyingSignals)[number];

/**
 * What a call does with a person's data, and the purposes of the TCF that this takes: `sync` reads or sets ids and mappings, `memberships`
 * writes memberships too (ingest.md section 1.4), `targeting` tells of memberships (activation.md section 1).
 */
export const purposesOf = { sync: [1], memberships: [1, 3], targeting: [1, 4] } as const satisfies Readonly<
  Record<string, readonly number[]>
>;
export type ConsentUse = keyof typeof purposesOf;

/** What a call needs consent for. */
export interface ConsentNeed {
  readonly use: ConsentUse;
  /** FOYER_TCF_VENDOR_ID: consent to this vendor is needed too; 0: to none. */
  readonly vendorId: number;
  /** The value of the header Sec-GPC; undefined where it is absent or where the caller is no browser. */
  readonly secGpc: string | undefined;
}

/**
 * Whether privacy signals deny a call, and the first that does; undefined: nothing denies. If any rule of ingest.md section 1.4 denies, the
 * call is denied: no cookie is set, nobody is redirected, nothing is stored. docs/privacy.md has the rules as a table. Never throws.
 */
export function decideConsent(signals: ConsentSignals, need: ConsentNeed): DenyingSignal | undefined {
  const { gdpr, gdprConsent = '', usPrivacy, gpp = '', gppSid } = signals;
  if (gdprApplies(gdpr) && !grants(new TcfString(gdprConsent), need)) return 'gdpr';
  if (usPrivacy !== undefined && readUsPrivacy(usPrivacy) === 'opted-out') return 'us-privacy';
  if (gppSid !== undefined && gppSid !== '' && gppDenies(gpp, gppSid, need)) return 'gpp';
  return need.secGpc === '1' ? 'gpc' : undefined;
}

function grants(tcf: TcfString, { use, vendorId }: ConsentNeed): boolean {
  if (tcf.version !== 2 || !tcf.holdsPurposes) return false;
  return purposesOf[use].every((purpose) => tcf.consentsToPurpose(purpose)) && (vendorId === 0 || tcf.consentsToVendor(vendorId));
}

/** Only the sections that `gppSid` names are asked; one that is named and cannot be read denies. */
function gppDenies(gpp: string, gppSid: string, need: ConsentNeed): boolean {
  const asked = {
    tcfEu: namesSection(gppSid, gppSection.tcfEu),
    usPrivacy: namesSection(gppSid, gppSection.usPrivacy),
    usNational: namesSection(gppSid, gppSection.usNational),
  };
  if (!asked.tcfEu && !asked.usPrivacy && !asked.usNational) return false;
  const starts = findGppSections(gpp);
  if (!starts) return true;
  if (asked.tcfEu && (starts.tcfEu < 0 || !grants(new TcfString(gpp, starts.tcfEu), need))) return true;
  if (asked.usPrivacy && (starts.usPrivacy < 0 || readUsPrivacySection(gpp, starts.usPrivacy) !== 'not-opted-out')) return true;
  return asked.usNational && (starts.usNational < 0 || readUsNationalOptOut(gpp, starts.usNational) !== false);
}
