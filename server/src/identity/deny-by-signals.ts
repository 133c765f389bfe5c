import { decideConsent } from './decide-consent.ts';
import { findSignals } from './find-signals.ts';
import type { Deny } from './visitors.ts';

const singleHeader = (header: string | string[] | undefined): string | undefined => (Array.isArray(header) ? header[0] : header);

/** Decides by the signals in a call's query and its headers (ingest.md section 1.4). @param vendorId `FOYER_TCF_VENDOR_ID`; 0: none */
export const denyBySignals =
  (vendorId: number): Deny =>
  ({ query, facts }, writesMemberships) =>
    decideConsent(findSignals(query), {
      use: writesMemberships ? 'memberships' : 'sync',
      vendorId,
      secGpc: singleHeader(facts.headers['sec-gpc']),
    }) ?? null;
