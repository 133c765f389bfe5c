import { changeContext, sightOf } from '../../access/acting-member.ts';
import { addressedId, notFound, oneAnswer } from '../../http/answers.ts';
import { type AccountOperation, writing } from '../../http/operation.ts';
import { readOne } from '../../http/read-body.ts';
import { readObject } from '../../http/read-object.ts';
import type { Catalog } from '../../storage/sql/catalog.ts';
import { checkBuyer } from '../check-buyer.ts';
import { dataBuyerProviderSchema } from '../data-buyer-provider-schema.ts';
import { dataBuyerProviderOnWire, readEnabled } from '../store/data-buyer-provider-store.ts';
import { switchEnabled } from '../switch-enabled.ts';

/** `PUT /data-buyer-provider?id=`: the buyer switches `active`. Disabled: nothing available from the next call on. */
export const updateDataBuyerProvider = (catalog: Catalog): AccountOperation => ({
  id: 'updateDataBuyerProvider',
  method: 'PUT',
  paths: ['/data-buyer-provider', '/data-buyer-provider/:first'],
  summary: 'Enable or disable a data provider (buyers)',
  access: writing,
  body: dataBuyerProviderSchema,
  answer: dataBuyerProviderSchema,
  async handle(call) {
    const id = addressedId(call.parameters, call.path.first);
    const sight = sightOf(call, 'member_id');
    const sent = readObject(
      dataBuyerProviderSchema,
      readOne(call.body, 'data_buyer_provider', call.warnings),
      'data_buyer_provider',
      call.warnings,
    );
    if (sent.data_provider_member_id !== undefined)
      call.warnings.push('data_buyer_provider.data_provider_member_id cannot be changed and was ignored');
    const row = await catalog.change(changeContext(call, 'updateDataBuyerProvider'), async (change) => {
      const before = await readEnabled(change.db, id);
      const isSide = sight === null || before?.buyer_member_id === sight || before?.data_provider_member_id === sight;
      if (!before || !isSide) throw notFound('data buyer provider', 'id', id);
      if (sight !== null) await checkBuyer(change.db, sight);
      const pair = { buyer: before.buyer_member_id, provider: before.data_provider_member_id };
      return (await switchEnabled(change, { ...pair, active: sent.active ?? before.active === 1 })).row;
    });
    return oneAnswer('data_buyer_provider', dataBuyerProviderOnWire(row), { id: row.id });
  },
});
