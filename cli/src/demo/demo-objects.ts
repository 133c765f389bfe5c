import type { FoyerClient } from '@foyer/sdk/client.ts';
import type { SegmentBody } from '@foyer/sdk/generated/wire.ts';
import { mappingRules, sharedTopics } from './census-to-taxonomy.ts';
import type { MappingRule } from './census-to-taxonomy.ts';
import { buyerCode, providerCode } from './demo-state.ts';
import type { DemoState } from './demo-state.ts';
import { randomPassword } from './random-password.ts';

export const providerName = 'Census Demo Data';
const buyerName = 'Demo Buyer';

/** A member of the demo; its code is its account's name too. */
interface DemoMember {
  name: string;
  code: string;
  primary_type: 'data_provider' | 'buyer';
}

export interface DemoLogin {
  username: string;
  password: string;
}

/** One side of the demo, logged in with its own account. */
export interface DemoParty {
  memberId: number;
  login: DemoLogin;
  client: FoyerClient;
}

/** Makes what is missing of a member and its account. An account that was there gets a new password: the old one is not known. */
export async function ensureParty(operator: FoyerClient, member: DemoMember, knownId: number | undefined): Promise<DemoParty> {
  const memberId = knownId ?? (await operator.createMember({ ...member })).id;
  const login = { username: member.code, password: randomPassword() };
  const { users } = await operator.listAccounts({ entity_id: memberId, username: login.username });
  const [account] = users;
  if (account === undefined) {
    await operator.createAccount({
      ...login,
      email: `${login.username}@example.invalid`,
      first_name: 'Demo',
      last_name: member.name,
      user_type: 'member',
      entity_id: memberId,
      api_login: true,
    });
  } else {
    await operator.updateAccount({ password: login.password }, { id: account.id });
  }
  const { token } = await operator.logIn(login);
  return { memberId, login, client: operator.withToken(token) };
}

export async function ensureProvider(operator: FoyerClient, state: DemoState): Promise<DemoParty> {
  const provider = await ensureParty(
    operator,
    { name: providerName, code: providerCode, primary_type: 'data_provider' },
    state.provider?.id,
  );
  const unlimited = { instant_posts_per_second: 0, instant_users_per_second: 0, instant_reads_per_second: 0 };
  await operator.updateBatchConfig(unlimited, { member_id: provider.memberId });
  return provider;
}

export async function ensureBuyer(operator: FoyerClient, state: DemoState, provider: DemoParty): Promise<DemoParty> {
  const buyer = await ensureParty(operator, { name: buyerName, code: buyerCode, primary_type: 'buyer' }, state.buyer?.id);
  await buyer.client.enableDataProvider({ data_provider_member_id: provider.memberId, active: true });
  return buyer;
}

/** Segment ids by code; what is missing is made in one call. */
export async function ensureSegments(provider: DemoParty, state: DemoState): Promise<Map<string, number>> {
  const ids = new Map<string, number>();
  for (const { code, id } of state.segments) if (code !== null) ids.set(code, id);
  const missing = mappingRules.filter((rule) => !ids.has(rule.code));
  if (missing.length === 0) return ids;
  const { segments } = await provider.client.createSegment(missing.map(newSegmentOf));
  for (const { code, id } of Object.values(segments)) if (code !== null) ids.set(code, id);
  return ids;
}

/** `Parent > Child (Provider)`, the field's convention. */
export const segmentNameOf = (rule: MappingRule): string =>
  rule.segmentName === undefined
    ? `${rule.parent} > ${rule.name} (${providerName})`
    : `${rule.name} > ${rule.segmentName} (${providerName})`;

function newSegmentOf(rule: MappingRule): SegmentBody {
  return { code: rule.code, short_name: segmentNameOf(rule), description: rule.description, taxonomy_id: rule.taxonomyId };
}

export const isShared = (rule: MappingRule): boolean => sharedTopics.includes(rule.topic);

/** The last step of the demo: its record is what tells that everything before it is done. */
export async function shareDemoSegments(provider: DemoParty, buyer: DemoParty, segmentIds: ReadonlyMap<string, number>): Promise<void> {
  const segments = mappingRules.filter(isShared).map((rule) => ({ id: segmentIds.get(rule.code) ?? 0 }));
  await provider.client.createSharingRecord({ buyer_member_id: buyer.memberId, segment_exposure: 'list', segments });
}

/** Takes away what the demo made, member and accounts apart: these can not be deleted and are used again. */
export async function removeDemoObjects(operator: FoyerClient, state: DemoState): Promise<void> {
  const providerId = state.provider?.id;
  if (providerId === undefined) return;
  if (state.sharingRecordId !== undefined) await operator.deleteSharingRecord({ id: state.sharingRecordId });
  if (state.segments.length > 0) {
    await operator.deleteSegment({ id: state.segments.map((segment) => segment.id), member_id: providerId });
  }
}
