import { actingMember, changeContext } from '../../access/acting-member.ts';
import { oneAnswer } from '../../http/answers.ts';
import { type AccountOperation, writing } from '../../http/operation.ts';
import { readOne } from '../../http/read-body.ts';
import { readObject, requireFields } from '../../http/read-object.ts';
import { refusal } from '../../kit/refusal.ts';
import { readMember, requireMember } from '../../members/read-member.ts';
import type { Catalog } from '../../storage/sql/catalog.ts';
import { checkBuyer } from '../check-buyer.ts';
import { dataBuyerProviderSchema } from '../data-buyer-provider-schema.ts';
import { marketplaceErrors } from '../marketplace-errors.ts';
import { dataBuyerProviderOnWire } from '../store/data-buyer-provider-store.ts';
import { switchEnabled } from '../switch-enabled.ts';

/** `POST /data-buyer-provider`: a buyer enables a data provider; again answers the same record (platform.md section 7). */
export const enableDataProvider = (catalog: Catalog): AccountOperation => ({
  id: 'enableDataProvider',
  method: 'POST',
  paths: ['/data-buyer-provider'],
  summary: 'Enable a data provider (buyers)',
  access: writing,
  body: dataBuyerProviderSchema,
  answer: dataBuyerProviderSchema,
  parameters: [{ name: 'member_id', description: 'The buyer (default: your own member; administrators must name it)' }],
  async handle(call) {
    const buyer = actingMember(call, 'member_id', 'refuse');
    const sent = readObject(
      dataBuyerProviderSchema,
      readOne(call.body, 'data_buyer_provider', call.warnings),
      'data_buyer_provider',
      call.warnings,
    );
    requireFields(sent, ['data_provider_member_id'], 'data_buyer_provider');
    const provider = sent.data_provider_member_id ?? 0;
    const { row } = await catalog.change(changeContext(call, 'enableDataProvider'), async (change) => {
      await requireMember(change.db, buyer);
      await checkBuyer(change.db, buyer);
      if ((await readMember(change.db, provider))?.primary_type !== 'data_provider')
        throw refusal(marketplaceErrors.noDataProvider, { member: provider });
      return switchEnabled(change, { buyer, provider, active: sent.active ?? true });
    });
    return oneAnswer('data_buyer_provider', dataBuyerProviderOnWire(row), { id: row.id });
  },
});
