import { actingMember, changeContext } from '../../access/acting-member.ts';
import { oneAnswer } from '../../http/answers.ts';
import { type AccountOperation, writing } from '../../http/operation.ts';
import { readOne } from '../../http/read-body.ts';
import { readObject, requireFields } from '../../http/read-object.ts';
import { requireMember } from '../../members/read-member.ts';
import type { Catalog } from '../../storage/sql/catalog.ts';
import { insertSyncHost } from '../store/sync-host-store.ts';
import { checkSyncHost } from '../sync-host.ts';
import { syncHostSchema } from '../sync-host-schema.ts';
import { syncHostOnWire, warnWhereAllPass } from '../sync-host-wire.ts';

/** `POST /sync-host`: a member names a host to which its syncs may lead (additions.md section 4). */
export const createSyncHost = (catalog: Catalog, redirectHosts: readonly string[]): AccountOperation => ({
  id: 'createSyncHost',
  method: 'POST',
  paths: ['/sync-host'],
  summary: 'Name a host to which syncs may lead',
  access: writing,
  body: syncHostSchema,
  answer: syncHostSchema,
  parameters: [{ name: 'member_id', description: 'The member (default: your own; administrators must name it)' }],
  async handle(call) {
    const member = actingMember(call, 'member_id', 'refuse');
    const sent = readObject(syncHostSchema, readOne(call.body, 'sync_host', call.warnings), 'sync_host', call.warnings);
    requireFields(sent, ['host'], 'sync_host');
    const { host = '', state = 'active' } = sent;
    checkSyncHost(host);
    const row = await catalog.change(changeContext(call, 'createSyncHost'), async (change) => {
      await requireMember(change.db, member);
      return insertSyncHost(change, { member_id: member, host, state });
    });
    warnWhereAllPass(redirectHosts, call.warnings);
    return oneAnswer('sync_host', syncHostOnWire(row), { id: row.id });
  },
});
