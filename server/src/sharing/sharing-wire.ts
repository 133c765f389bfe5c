import type { EnvelopeAnswer } from '../http/operation.ts';
import type { SharingRecord } from './store/sharing-store.ts';

/** Both addresses take both forms. */
export const sharingPaths = ['/member-data-sharing', '/member-data-sharings'] as const;
export const sharingIdPaths = ['/member-data-sharing/:first', '/member-data-sharings/:first'] as const;

export const recordOnWire = (record: SharingRecord) => ({
  id: record.id,
  data_member_id: record.data_member_id,
  buyer_member_id: record.buyer_member_id,
  segment_exposure: record.segment_exposure,
  segments: record.segments,
  export_allowed: record.export_allowed === 1,
});

/** An answer of the sharing service: page numbers are null unless asked for. */
export function sharingAnswer(
  fields: Readonly<Record<string, unknown>> & { readonly count: number },
  outputTerm: string | null,
  page: { readonly start: number; readonly elements: number } | null = null,
): EnvelopeAnswer {
  return { fields: { start_element: page?.start ?? null, num_elements: page?.elements ?? null, ...fields }, outputTerm };
}
