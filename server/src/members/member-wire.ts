import { formatTimestamp } from '../kit/timestamp.ts';
import type { AdvertiserTable, MemberTable } from '../storage/sql/catalog-schema.ts';

/** A member as `/member` shows it. */
export const memberOnWire = (row: MemberTable) => ({
  id: row.id,
  name: row.name,
  state: row.state,
  active: row.state === 'active',
  code: row.code,
  primary_type: row.primary_type,
  platform_exposure: row.platform_exposure,
  bidder_id: null,
  timezone: row.timezone,
  default_currency: row.default_currency,
  contact_email: row.contact_email,
  externally_integrated_dsp: row.externally_integrated_dsp === 1,
  reads_per_minute: row.reads_per_minute,
  writes_per_minute: row.writes_per_minute,
  domain: row.domain,
  reach_per_day: row.reach_per_day,
  segment_limit: row.segment_limit,
  membership_limit: row.membership_limit,
  last_modified: formatTimestamp(row.last_modified),
});

/** An advertiser as `/advertiser` shows it. */
export const advertiserOnWire = (row: AdvertiserTable) => ({
  id: row.id,
  member_id: row.member_id,
  name: row.name,
  code: row.code,
  state: row.state,
  last_modified: formatTimestamp(row.last_modified),
});
