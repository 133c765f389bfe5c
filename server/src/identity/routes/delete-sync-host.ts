import { changeContext, sightOf } from '../../access/acting-member.ts';
import { addressedIds, deletedAnswer } from '../../http/answers.ts';
import { httpErrors } from '../../http/http-errors.ts';
import { type AccountOperation, writing } from '../../http/operation.ts';
import { refusal } from '../../kit/refusal.ts';
import type { Catalog } from '../../storage/sql/catalog.ts';
import { ownSyncHost } from '../own-sync-host.ts';
import { deleteSyncHost as deleteRow } from '../store/sync-host-store.ts';
import { warnWhereAllPass } from '../sync-host-wire.ts';

/** `DELETE /sync-host?id=`: all of the named hosts, or none (additions.md section 4). */
export const deleteSyncHost = (catalog: Catalog, redirectHosts: readonly string[]): AccountOperation => ({
  id: 'deleteSyncHost',
  method: 'DELETE',
  paths: ['/sync-host', '/sync-host/:first'],
  summary: 'Take sync hosts away',
  access: writing,
  async handle(call) {
    const sight = sightOf(call, 'member_id');
    const ids = [...new Set(addressedIds(call.parameters, call.path.first))];
    if (ids.length === 0) throw refusal(httpErrors.missingParameter, { name: 'id' });
    await catalog.change(changeContext(call, 'deleteSyncHost'), async (change) => {
      for (const id of ids) await deleteRow(change, await ownSyncHost(change.db, sight, id));
    });
    warnWhereAllPass(redirectHosts, call.warnings);
    return deletedAnswer(ids.length);
  },
});
