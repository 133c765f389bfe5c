/**
 * Branded ids. A number that names a member cannot be passed where a segment is due.
 * All ids are positive integers below 2^53; user ids are 64 bit and therefore bigint.
 */
declare const brand: unique symbol;
type Branded<Base, Name extends string> = Base & { readonly [brand]: Name };

export type MemberId = Branded<number, 'MemberId'>;
export type AccountId = Branded<number, 'AccountId'>;
export type AdvertiserId = Branded<number, 'AdvertiserId'>;
export type SegmentId = Branded<number, 'SegmentId'>;
export type SharingRecordId = Branded<number, 'SharingRecordId'>;
export type DataBuyerProviderId = Branded<number, 'DataBuyerProviderId'>;
/** 1 to 2^64-1 (ingest.md section 1.1). */
export type UserId = Branded<bigint, 'UserId'>;

export const asMemberId = (id: number): MemberId => id as MemberId;
export const asAccountId = (id: number): AccountId => id as AccountId;
export const asAdvertiserId = (id: number): AdvertiserId => id as AdvertiserId;
export const asSegmentId = (id: number): SegmentId => id as SegmentId;
export const asSharingRecordId = (id: number): SharingRecordId => id as SharingRecordId;
export const asDataBuyerProviderId = (id: number): DataBuyerProviderId => id as DataBuyerProviderId;
export const asUserId = (id: bigint): UserId => id as UserId;
