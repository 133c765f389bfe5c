import { watchSight } from '../sharing/sight-watch.ts';
import type { CatalogChange } from '../storage/sql/catalog-change.ts';
import { type Enabling, setEnabled, type SetEnabled } from './store/data-buyer-provider-store.ts';

/** Enables or disables a provider; a buyer that loses sight of segments by it has a notice of what they were. */
export async function switchEnabled(change: CatalogChange, pair: Enabling): Promise<SetEnabled> {
  const tell = pair.active ? undefined : await watchSight(change, { dataMember: pair.provider, buyers: [pair.buyer] });
  const set = await setEnabled(change, pair);
  await tell?.('unshared');
  return set;
}
