import { isDeepStrictEqual } from 'node:util';
import type { CatalogChange } from '../../storage/sql/catalog-change.ts';
import type { ApplicationTable } from '../../storage/sql/exchange-schema.ts';
import { makeKey } from '../calls/exchange-keys.ts';
import { readDefinition } from '../endpoints/read-definition.ts';
import type { ExchangeParts } from '../exchange-parts.ts';
import { insertApplication, updateApplication } from '../store/application-store.ts';
import { type Application, type ApplicationDefinition, applicationOf, definitionColumns, deploymentId } from './application.ts';
import { openReview } from '../store/review-store.ts';

/**
 * Holds an application to the rules of the endpoints that will come from it; what each endpoint says itself (where it is called, its
 * identifiers) may be left to them.
 * @throws Refusal exchange.invalid, exchange.addressRefused
 */
export function checkApplication({ peers }: Pick<ExchangeParts, 'peers'>, definition: ApplicationDefinition): void {
  const { url = 'https://endpoint.invalid', marketingDatabasesDefinition = anyDatabases, ...rest } = definition;
  readDefinition({ ...rest, name: definition.displayName, url, marketingDatabasesDefinition }, peers.rule);
}

const anyDatabases = { marketingDatabases: [{ name: 'any', identifiers: [{ name: 'any', type: 'any' }] }] };

/** A new application, as a draft; the platform member's needs no review (additions.md section 6). Its key is shown this once. */
export async function defineApplication(
  { view }: Pick<ExchangeParts, 'view'>,
  change: CatalogChange,
  member: number,
  definition: ApplicationDefinition,
): Promise<{ readonly applicationId: number; readonly deploymentId: number; readonly key: string }> {
  const id = await change.newIds('application');
  await insertApplication(change, {
    id,
    member_id: member,
    state: member === view.current().platformMember() ? 'APPROVED' : 'DRAFT',
    ...definitionColumns(definition, null),
    created_on: change.nowMs,
    last_modified: change.nowMs,
  });
  const { key } = await makeKey(change, { scope: 'application', subjectId: id, memberId: member });
  return { applicationId: id, deploymentId, key };
}

/**
 * An application is defined anew. Where an approved one is called, what it exchanges and how it hashes was looked at by the operator: a
 * change of these opens a review (additions.md section 6). The platform member's is never reviewed.
 */
export async function redefineApplication(
  { view }: Pick<ExchangeParts, 'view'>,
  change: CatalogChange,
  before: ApplicationTable,
  definition: ApplicationDefinition,
): Promise<void> {
  const known = applicationOf(before);
  const after = await updateApplication(change, before, definitionColumns(definition, known.authType));
  const looked = before.state === 'APPROVED' && before.member_id !== view.current().platformMember();
  if (looked && !isDeepStrictEqual(reviewed(known), reviewed(applicationOf(after)))) await openReview(change, after);
}

const reviewed = ({ definition }: Application) => [
  definition.url ?? null,
  definition.hashAlgorithm ?? 'NONE',
  JSON.parse(JSON.stringify(definition.endpointTypes)),
];
