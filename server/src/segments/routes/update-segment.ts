import { Type } from 'typebox';
import { changeContext } from '../../access/acting-member.ts';
import { oneAnswer } from '../../http/answers.ts';
import { httpErrors } from '../../http/http-errors.ts';
import { type AccountOperation, type Call, writing } from '../../http/operation.ts';
import { readContainer } from '../../http/read-body.ts';
import { readObject } from '../../http/read-object.ts';
import { refusal } from '../../kit/refusal.ts';
import type { CatalogChange } from '../../storage/sql/catalog-change.ts';
import type { Catalog } from '../../storage/sql/catalog.ts';
import { changeable } from '../changeable-segment.ts';
import { checkReferences } from '../check-references.ts';
import { changedSegments, refuseUnbuilt } from '../segment-address.ts';
import { segmentErrors } from '../segment-errors.ts';
import type { SegmentHooks } from '../segment-hooks.ts';
import { segmentSchema } from '../segment-schema.ts';
import { ownSegment, segmentOnWire, severalSegments } from '../segment-wire.ts';
import { checkSegment, mergedSegment, type SentSegment } from '../segment.ts';
import { freeCodes, segmentContent, segmentRow, type SeenSegment, updateSegment as updateRow } from '../store/segment-store.ts';

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
  wire: { body: 'several' },
  answer: segmentSchema,
  parameters: [{ name: 'append', description: 'true: arrays are added to instead of replaced' }],
  async handle(call) {
    const append = call.parameters.flag('append') ?? false;
    const addressed = await changedSegments(catalog.read, call, hooks);
    const { form, asked } = readAsked(call, addressed.ids);
    const rows = await catalog.change(changeContext(call, 'updateSegment'), async (change) => {
      const changed = [];
      const told = await watchEnds(change, hooks, asked);
      const known: (Asked & { readonly before: SeenSegment })[] = [];
      for (const one of asked) known.push({ ...one, before: await changeable(change.db, addressed, one.id) });
      await freeCodes(
        change,
        known.filter(givesCodeUp).map(({ id }) => id),
      );
      for (const one of known) {
        const { before } = one;
        if (typeof one.sent.member_id === 'number' && one.sent.member_id !== before.member_id)
          call.warnings.push(`${one.path}.member_id cannot be changed and was ignored`);
        changed.push(await changeOne(change, hooks, { ...one, append }, (id) => taxonomyIds.has(id)));
      }
      for (const tell of told) await tell();
      return changed;
    });
    const [first] = rows;
    if (form === 'one' && first) return oneAnswer('segment', first, { id: String(first.id) });
    return severalSegments(rows);
  },
});

/** A segment whose code the call changes gives it up first, so that two can change theirs for each other's. */
const givesCodeUp = ({ sent, before }: { readonly sent: SentSegment; readonly before: SeenSegment }): boolean =>
  before.code !== null && sent.code !== undefined && sent.code !== before.code;

/** Segments that the call switches off, or gives to an advertiser: others may lose sight of them. */
async function watchEnds(change: CatalogChange, hooks: SegmentHooks, asked: readonly Asked[]): Promise<(() => Promise<void>)[]> {
  const off = asked.filter(({ sent }) => sent.state === 'inactive').map(({ id }) => id);
  const given = asked.filter(({ sent }) => sent.state !== 'inactive' && typeof sent.advertiser_id === 'number').map(({ id }) => id);
  const told = [];
  if (off.length > 0) told.push(await hooks.beforeSightEnds(change, off, 'deactivated'));
  if (given.length > 0) told.push(await hooks.beforeSightEnds(change, given, 'unshared'));
  return told;
}

const idSchema = Type.Object({ id: Type.Integer({ minimum: 1 }) });

/** Which segments with what: an address with one object, or several objects with their ids. */
function readAsked(
  call: Call,
  addressed: readonly number[] | undefined,
): { readonly form: 'one' | 'many'; readonly asked: readonly Asked[] } {
  const { warnings } = call;
  const container = readContainer(call.body, 'segment', 'segments', warnings);
  const objects = container.form === 'one' ? [container.object] : container.objects;
  const single = container.form === 'one' || (addressed !== undefined && objects.length === 1);
  const asked = objects.map((object, index) => {
    refuseUnbuilt(call, object);
    const path = single ? 'segment' : `segments[${index}]`;
    const { id: sentId, ...fields } = object;
    const own = sentId === undefined ? undefined : readObject(idSchema, { id: sentId }, path, warnings).id;
    return { own, path, sent: readObject(segmentSchema, fields, path, warnings) };
  });
  if (single) return { form: 'one', asked: [onlyAsked(asked, addressed)] };
  const several = asked.map(({ own: id, ...rest }) => {
    if (id === undefined) throw refusal(httpErrors.missingField, { path: `${rest.path}.id` });
    return { id, ...rest };
  });
  const ids = new Set<number>();
  for (const { id } of several) {
    if (ids.has(id)) throw refusal(segmentErrors.twice, { id });
    ids.add(id);
  }
  if (addressed && (addressed.length !== ids.size || !addressed.every((id) => ids.has(id))))
    throw refusal(httpErrors.invalidParameter, { name: 'id', fault: 'names other segments than the body does' });
  return { form: 'many', asked: several };
}

type Unaddressed = Omit<Asked, 'id'> & { readonly own: number | undefined };

/** One object and the one segment that the address names. */
function onlyAsked([object]: readonly Unaddressed[], addressed: readonly number[] | undefined): Asked {
  const [id, ...more] = addressed ?? [];
  if (!object || id === undefined) throw refusal(httpErrors.missingParameter, { name: 'id' });
  if (more.length > 0)
    throw refusal(httpErrors.invalidParameter, { name: 'id', fault: "must be one id; several segments stand under 'segments'" });
  const { own, ...asked } = object;
  if (own !== undefined && own !== id)
    throw refusal(httpErrors.invalidField, { path: 'segment.id', fault: `is not ${id}, the segment that is addressed` });
  return { id, ...asked };
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
