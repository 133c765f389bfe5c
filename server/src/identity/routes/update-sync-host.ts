import { changeContext, sightOf } from '../../access/acting-member.ts';
import { addressedId, oneAnswer } from '../../http/answers.ts';
import { type AccountOperation, writing } from '../../http/operation.ts';
import { readOne } from '../../http/read-body.ts';
import { readObject } from '../../http/read-object.ts';
import type { Catalog } from '../../storage/sql/catalog.ts';
import { ownSyncHost } from '../own-sync-host.ts';
import { updateSyncHost as updateRow } from '../store/sync-host-store.ts';
import { syncHostChangeSchema, syncHostSchema } from '../sync-host-schema.ts';
import { syncHostOnWire, warnWhereAllPass } from '../sync-host-wire.ts';

/** `PUT /sync-host?id=`: switches a host on or off (additions.md section 4). */
export const updateSyncHost = (catalog: Catalog, redirectHosts: readonly string[]): AccountOperation => ({
  id: 'updateSyncHost',
  method: 'PUT',
  paths: ['/sync-host', '/sync-host/:first'],
  summary: 'Switch a sync host on or off',
  access: writing,
  body: syncHostChangeSchema,
  answer: syncHostSchema,
  async handle(call) {
    const sight = sightOf(call, 'member_id');
    const id = addressedId(call.parameters, call.path.first);
    const sent = readObject(syncHostChangeSchema, readOne(call.body, 'sync_host', call.warnings), 'sync_host', call.warnings);
    const row = await catalog.change(changeContext(call, 'updateSyncHost'), async (change) =>
      updateRow(change, await ownSyncHost(change.db, sight, id), sent),
    );
    warnWhereAllPass(redirectHosts, call.warnings);
    return oneAnswer('sync_host', syncHostOnWire(row), { id });
  },
});
