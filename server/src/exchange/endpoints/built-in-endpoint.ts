import { deviceDomains } from '../../profiles/identifier.ts';
import { byServer } from '../../storage/sql/catalog-change.ts';
import type { EndpointTable } from '../../storage/sql/exchange-schema.ts';
import type { ExchangeParts } from '../exchange-parts.ts';
import { type EndpointColumn, shareActions } from './endpoint.ts';

const column = (name: string, type: string): EndpointColumn => ({ name, type, isRequired: false });

/** What the built-in endpoint names users by, with the sources that this server knows; in the order of exchange-sharing.md section 4. */
export const builtInIdentifiers = (eidSources: Iterable<string>): readonly EndpointColumn[] => [
  column('user_id', 'user_id'),
  ...Object.keys(deviceDomains).map((domain) => column(domain, domain === 'aaid' ? 'android_adv_id' : domain)),
  column('external_id', 'external_id'),
  ...[...eidSources].map((source) => column(`eid.${source}`, `eid.${source}`)),
];

export const builtInAttributes: readonly EndpointColumn[] = [column('value', 'number'), column('expires_at', 'datetime')];

const name = 'Foyer segments';

/** Each member has one endpoint of its own segments, made with the member's first call to the exchange. Changes it where settings did. */
export async function provideBuiltInEndpoint({ catalog, provided, builtInColumns }: ExchangeParts, member: number): Promise<void> {
  if (provided.has(member)) return;
  const identifiers = JSON.stringify(builtInColumns);
  await catalog.change(byServer('provideBuiltInEndpoint'), async (change) => {
    // The sources of eids are a setting: what was written before may be another one's.
    const known = await change.db
      .updateTable('endpoint')
      .set({ identifiers })
      .where('member_id', '=', member)
      .where('kind', '=', 'internal')
      .executeTakeFirst();
    if (known.numUpdatedRows > 0n) return;
    const row = builtInRow(await change.newIds('endpoint'), member, identifiers, change.nowMs);
    await change.db.insertInto('endpoint').values(row).execute();
    change.record({ objectType: 'endpoint', objectId: row.id, memberId: member, before: null, after: { name, kind: 'internal' } });
  });
  provided.add(member);
}

const builtInRow = (id: number, member: number, identifiers: string, nowMs: number): EndpointTable => ({
  id,
  member_id: member,
  kind: 'internal',
  application_id: null,
  name,
  provider_name: 'Foyer',
  description: "This member's own segments",
  status: 'ACTIVE',
  former_status: null,
  hash_algorithm: 'NONE',
  source_type: 'internal',
  source_url: null,
  destination_type: 'internal',
  destination_url: null,
  share_actions: JSON.stringify(shareActions),
  identifiers,
  attributes: JSON.stringify(builtInAttributes),
  definition: null,
  connect_type: 'INSTRUCTIONS',
  auth_type: null,
  credentials: null,
  last_error: null,
  refreshed_on: null,
  next_refresh_on: null,
  created_on: nowMs,
  last_modified: nowMs,
  deleted_on: null,
});
