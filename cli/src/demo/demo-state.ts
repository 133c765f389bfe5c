import type { FoyerClient } from '@foyer/sdk/client.ts';
import type { Member, Segment } from '@foyer/sdk/generated/wire.ts';
import { mappingRules } from './census-to-taxonomy.ts';

export const providerCode = 'demo-provider';
export const buyerCode = 'demo-buyer';

const demoSegmentCodes: ReadonlySet<string> = new Set(mappingRules.map((rule) => rule.code));
const platformType = 'platform';

/** What a server holds of the demo, and whether it holds anything else. */
export interface DemoState {
  provider: Member | undefined;
  buyer: Member | undefined;
  /** The demo's own: of the provider, with a code of the mapping. */
  segments: Segment[];
  /** Made last, so that it tells a demo that was loaded to its end. */
  sharingRecordId: number | undefined;
  /** Something that is not the demo's, in words; undefined where there is nothing else. */
  foreign: string | undefined;
}

export const demoIsLoaded = (state: DemoState): boolean => state.sharingRecordId !== undefined;

export async function readDemoState(operator: FoyerClient): Promise<DemoState> {
  const members = await Array.fromAsync(operator.each('listMembers'));
  const provider = members.find((member) => member.code === providerCode);
  const buyer = members.find((member) => member.code === buyerCode);
  const foreignMember = members.find((member) => member.primary_type !== platformType && member !== provider && member !== buyer);
  const allSegments = await Array.fromAsync(operator.each('listSegments'));
  const isDemo = (segment: Segment): boolean =>
    provider !== undefined && segment.member_id === provider.id && segment.code !== null && demoSegmentCodes.has(segment.code);
  const foreignSegment = allSegments.find((segment) => !isDemo(segment));
  return {
    provider,
    buyer,
    segments: allSegments.filter(isDemo),
    sharingRecordId: await findSharingRecord(operator, provider, buyer),
    foreign: foreignText(foreignMember, foreignSegment),
  };
}

function foreignText(member: Member | undefined, segment: Segment | undefined): string | undefined {
  if (member !== undefined) return `member ${member.id} "${member.name}"`;
  return segment === undefined ? undefined : `segment ${segment.id} of member ${segment.member_id}`;
}

async function findSharingRecord(
  operator: FoyerClient,
  provider: Member | undefined,
  buyer: Member | undefined,
): Promise<number | undefined> {
  if (provider === undefined || buyer === undefined) return undefined;
  const query = { data_member_id: provider.id, buyer_member_id: buyer.id };
  return (await operator.listSharingRecords(query)).member_data_sharings[0]?.id;
}
