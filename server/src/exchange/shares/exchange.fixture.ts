import type { Catalog } from '../../storage/sql/catalog.ts';
import type { EndpointTable } from '../../storage/sql/exchange-schema.ts';

/** A server of platform-server.ts. */
interface TestServer {
  readonly server: { readonly catalog: Catalog };
  readonly call: (request: 'GET /v1/shares') => Promise<unknown>;
}

/** The provider of every platform server. */
const provider = 10;
const byTest = { operation: 'test', requestId: null, accountId: null, username: null, accountMemberId: null };

/** Columns as `name:type` with a space between; `!` behind makes one required. */
const columns = (text: string) =>
  text.split(' ').flatMap((part) => {
    const [name = '', type = 'string'] = part.replace('!', '').split(':');
    return name === '' ? [] : [{ name, type, isRequired: part.endsWith('!') }];
  });

interface TestEndpoint extends Partial<EndpointTable> {
  readonly member?: number;
  readonly named?: string;
  readonly attributed?: string;
}

/** An Active endpoint, as if it had been registered: a push source of `email` unless more is said. */
export async function addEndpoint(
  platform: TestServer,
  { member = provider, named = 'email:email', attributed = '', ...row }: TestEndpoint = {},
) {
  let id = 0;
  await platform.server.catalog.change(byTest, async (change) => {
    id = await change.newIds('endpoint');
    const made: EndpointTable = {
      id,
      member_id: member,
      kind: 'custom',
      application_id: null,
      name: `Endpoint ${id}`,
      provider_name: 'Example Co',
      description: null,
      status: 'ACTIVE',
      former_status: null,
      hash_algorithm: 'NONE',
      source_type: 'push',
      source_url: null,
      destination_type: null,
      destination_url: null,
      share_actions: null,
      identifiers: JSON.stringify(columns(named)),
      attributes: JSON.stringify(columns(attributed)),
      definition: null,
      connect_type: 'INSTRUCTIONS',
      auth_type: null,
      credentials: null,
      last_error: null,
      refreshed_on: null,
      next_refresh_on: null,
      created_on: change.nowMs,
      last_modified: change.nowMs,
      deleted_on: null,
      ...row,
    };
    await change.db.insertInto('endpoint').values(made).execute();
  });
  return id;
}

/** A pull consumer. */
export const addDestination = (platform: TestServer, more: TestEndpoint = {}) =>
  addEndpoint(platform, {
    source_type: null,
    destination_type: 'pull',
    share_actions: JSON.stringify(['ADD', 'REPLACE', 'REMOVE']),
    ...more,
  });

/** An audience that a source offers. */
export async function offer(
  platform: TestServer,
  endpoint: number,
  segment: string,
  named = 'email',
  attributed = '',
  count: number | null = null,
) {
  const listed = [
    ...columns(named).map(({ name, type }) => ({ name, type, isIdentifier: true })),
    ...columns(attributed).map(({ name, type }) => ({ name, type, isIdentifier: false })),
  ];
  await platform.server.catalog.change(byTest, async (change) => {
    const { member_id } = await change.db.selectFrom('endpoint').select('member_id').where('id', '=', endpoint).executeTakeFirstOrThrow();
    const texts = { name: `Audience ${segment}`, name_folded: `audience ${segment}`, description: null, description_folded: null };
    await change.db
      .insertInto('audience')
      .values({
        endpoint_id: endpoint,
        segment_id: segment,
        member_id,
        id_is_number: 0,
        ...texts,
        type: null,
        columns: JSON.stringify(listed),
        count,
        last_modified: null,
        refreshed_on: change.nowMs,
      })
      .execute();
  });
}

export async function builtInEndpoint(platform: TestServer, member: number = provider): Promise<number> {
  await platform.call('GET /v1/shares');
  const row = await platform.server.catalog.read
    .selectFrom('endpoint')
    .select('id')
    .where('member_id', '=', member)
    .where('kind', '=', 'internal')
    .executeTakeFirstOrThrow();
  return row.id;
}

/** Ends a share's job as a run would. */
export async function endJob(platform: TestServer, job: number, status: 'COMPLETE' | 'FAILED' | 'CANCELED' = 'COMPLETE'): Promise<void> {
  await platform.server.catalog.change(byTest, async (change) => {
    await change.db.updateTable('share_job').set({ status, completed_on: change.nowMs }).where('id', '=', job).execute();
  });
}

/** A change of the catalog by nobody. */
export const changeCatalog = (platform: TestServer, work: Parameters<Catalog['change']>[1]): Promise<unknown> =>
  platform.server.catalog.change(byTest, work);

/** What a share begins with in tests. */
export const described = (source: number, destination: number, more: object = {}) => ({
  name: 'Gold to Ad Reach',
  source: { endpointId: source, segmentId: 's' },
  destination: { endpointId: destination, newSegment: { name: 'Gold Q3' } },
  identityMapping: { sourceIdentifiers: ['email'], destinationIdentifier: 'email' },
  ...more,
});
