import { Type } from 'typebox';

/** What a buyer has enabled: `/data-buyer-provider` (Data Buyer Provider Service; platform.md section 7). */
export const dataBuyerProviderSchema = Type.Object({
  id: Type.Integer({ readOnly: true }),
  active: Type.Boolean(),
  buyer_member_id: Type.Integer({ readOnly: true }),
  data_provider_member_id: Type.Integer({ minimum: 1 }),
  data_revshare_pct: Type.Integer({ readOnly: true }),
  data_cost_type: Type.String({ readOnly: true }),
  last_modified: Type.String({ readOnly: true }),
});
