import { changeContext, requireOwnMember } from '../../access/acting-member.ts';
import { oneAnswer } from '../../http/answers.ts';
import { httpErrors } from '../../http/http-errors.ts';
import { type AccountOperation, type Call, writing } from '../../http/operation.ts';
import { readContainer } from '../../http/read-body.ts';
import { readObject } from '../../http/read-object.ts';
import { refusal } from '../../kit/refusal.ts';
import type { CatalogChange } from '../../storage/sql/catalog-change.ts';
import type { CatalogReader } from '../../storage/sql/catalog-schema.ts';
import type { Catalog } from '../../storage/sql/catalog.ts';
import { changeable } from '../changeable-segment.ts';
import { checkReferences } from '../check-references.ts';
import { changedAddress, refuseUnbuilt, resolvedIds } from '../segment-address.ts';
import { segmentErrors } from '../segment-errors.ts';
import type { SegmentHooks } from '../segment-hooks.ts';
import { segmentSchema } from '../segment-schema.ts';
import { ownSegment, segmentOnWire, severalSegments } from '../segment-wire.ts';
import { checkSegment, mergedSegment, type SentSegment } from '../segment.ts';
import {
  segmentContent,
  segmentRow,
  type SeenSegment,
  type Sight,
  updateSegment as updateRow,
} from '../store/segment-store.ts';

interface Asked {
  readonly id: number;
  readonly sent: SentSegment;
  readonly path: string;
}

/** `PUT /segment`: changes only what is sent, one segment or several, all or none (Segment Service). The id comes back as a string. */
export const updateSegment = (catalog: Catalog, hooks: SegmentHooks, taxonomyIds: ReadonlySet<string>): AccountOperation => ({
  id: 'updateSegment',
  method: 'PUT',
  paths: ['/segment', '/segment/:first', '/segment/:first/:second'],
  summary: 'Change segments',
  access: writing,
  body: segmentSchema,
  answer: segmentSchema,
  parameters: [{ name: 'append', description: 'true: arrays are added to instead of replaced' }],
  async handle(call) {
    const append = call.parameters.flag('append') ?? false;
    const member = call.parameters.id('member_id');
    if (member !== undefined) requireOwnMember(call, member, 'member_id');
    const { caller } = call;
    const sight: Sight = { member: caller.role === 'admin' ? null : caller.memberId, includeShared: true, hooks };
    const asked = await readAsked(call, catalog.read, sight);
    const rows = await catalog.change(changeContext(call, 'updateSegment'), async (change) => {
      const changed = [];
      for (const one of asked) {
        const before = await changeable(change.db, call, sight, one.id);
        const segment = { ...one, before, append };
        changed.push(await changeOne(change, hooks, segment, (id) => taxonomyIds.has(id)));
      }
      return changed;
    });
    const [first] = rows;
    if (rows.length === 1 && first) return oneAnswer('segment', first, { id: String(first.id) });
    return severalSegments(rows);
  },
});

/** Which segments with what: `?id=` or the path or `?code=` with one object, or several objects with their ids. */
async function readAsked(call: Call, db: CatalogReader, sight: Sight): Promise<Asked[]> {
  const address = changedAddress(call);
  const { warnings } = call;
  const container = readContainer(call.body, 'segment', 'segments', warnings);
  const objects = container.form === 'one' ? [container.object] : container.objects;
  for (const object of objects) refuseUnbuilt(call, object);
  const addressed = await resolvedIds(db, sight, address);
  if (objects.length === 1) {
    const [object = {}] = objects;
    const own = typeof object.id === 'string' || typeof object.id === 'number' ? Number(object.id) : undefined;
    const id = addressed?.[0] ?? (container.form === 'many' ? own : undefined);
    if (id === undefined || (addressed?.length ?? 1) > 1) throw refusal(httpErrors.missingParameter, { name: 'id (one segment)' });
    if (own !== undefined && own !== id) throw refusal(httpErrors.invalidField, { path: 'segment.id', fault: `is not ${id}, the segment that is addressed` });
    return [{ id, ...readSent(object, 'segment', warnings) }];
  }
  const asked = objects.map((object, index) => {
    const id = Number(object.id);
    if (object.id === undefined || !Number.isSafeInteger(id)) throw refusal(httpErrors.missingField, { path: `segments[${index}].id` });
    return { id, ...readSent(object, `segments[${index}]`, warnings) };
  });
  const ids = asked.map((one) => one.id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw refusal(segmentErrors.twice, { id: twice });
  if (addressed && [...addressed].sort().join() !== [...ids].sort().join())
    throw refusal(httpErrors.invalidParameter, { name: 'id', fault: 'names other segments than the body does' });
  return asked;
}

function readSent(object: Readonly<Record<string, unknown>>, path: string, warnings: string[]): { sent: SentSegment; path: string } {
  const { id: _addressed, ...fields } = object;
  return { sent: readObject(segmentSchema, fields, path, warnings), path };
}

async function changeOne(
  change: CatalogChange,
  hooks: SegmentHooks,
  one: Asked & { readonly before: SeenSegment; readonly append: boolean },
  isTaxonomyId: (id: string) => boolean,
) {
  const { provider: _provider, provider_id: _providerId, ...seenBefore } = one.before;
  const { provider_folded: _folded, ...before } = seenBefore as typeof seenBefore & { provider_folded?: unknown };
  const content = mergedSegment(segmentContent(before), one.sent, one.append);
  checkSegment(content, one.path, isTaxonomyId);
  const after = segmentRow(before.id, before.member_id, content, change.nowMs);
  await checkReferences(change.db, after, one.path);
  if (before.advertiser_id === null && after.advertiser_id !== null) await hooks.checkAdvertiserLevel(change.db, after.id);
  await updateRow(change, before, after);
  return segmentOnWire(ownSegment(after), 'number');
}
