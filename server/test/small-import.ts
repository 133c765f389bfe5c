/** A small file for POST /import: one provider with segments 1001…, two buyers that have enabled it, all limits lifted. */
export const providerMember = 500;
export const buyerMembers = [600, 601] as const;
export const accounts = {
  admin: { username: 'root', password: 'Root-Pass-12' },
  provider: { username: 'provider', password: 'Provider-Pass-12' },
  buyer: { username: 'buyer', password: 'Buyer-Pass-12' },
  viewer: { username: 'viewer', password: 'Viewer-Pass-12' },
} as const;

/** The provider's segments; their codes are `load_1`…. */
export const segmentIds: readonly number[] = Array.from({ length: 20 }, (_, i) => 1001 + i);
export const segmentCode = (id: number): string => `load_${id - 1000}`;

const unlimited = { reads_per_minute: 0, writes_per_minute: 0 };
const often = { logins_per_5_minutes: 0 };

/** `test_passwords` marks the accounts, so that the server refuses to listen beyond loopback. */
export function smallImport(options: { readonly testPasswords?: boolean } = {}): string {
  return JSON.stringify({
    ...(options.testPasswords ? { test_passwords: true } : {}),
    members: [
      { id: 1, name: 'Platform', kind: 'platform', ...unlimited },
      { id: providerMember, name: 'Load Provider', kind: 'data_provider', ...unlimited },
      ...buyerMembers.map((id) => ({ id, name: `Buyer ${id}`, kind: 'buyer', ...unlimited })),
    ],
    users: [
      { id: 901, member_id: 1, role: 'admin', ...accounts.admin, ...often },
      { id: 902, member_id: providerMember, role: 'member', ...accounts.provider, ...often },
      { id: 903, member_id: buyerMembers[0], role: 'member', ...accounts.buyer, ...often },
      { id: 904, member_id: providerMember, role: 'viewer', ...accounts.viewer, ...often },
    ],
    advertisers: [{ id: 51, member_id: providerMember, code: 'adv', name: 'Advertiser' }],
    segments: segmentIds.map((id) => ({ id, member_id: providerMember, code: segmentCode(id), short_name: `Load ${id}` })),
    enabled_data_providers: buyerMembers.map((id) => ({ buyer_member_id: id, data_member_id: providerMember })),
    member_segment_access: [],
    data_categories: [],
  });
}
