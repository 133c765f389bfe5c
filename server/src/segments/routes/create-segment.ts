import { changeContext, requireOwnMember } from '../../access/acting-member.ts';
import { addressedId, oneAnswer } from '../../http/answers.ts';
import { type AccountOperation, type Call, writing } from '../../http/operation.ts';
import { readContainer } from '../../http/read-body.ts';
import { readObject } from '../../http/read-object.ts';
import { refusal } from '../../kit/refusal.ts';
import { readAdvertiserByCode } from '../../members/read-advertiser.ts';
import { requireMember } from '../../members/read-member.ts';
import type { CatalogReader } from '../../storage/sql/catalog-schema.ts';
import type { Catalog } from '../../storage/sql/catalog.ts';
import { checkReferences } from '../check-references.ts';
import { checkSegmentLimit } from '../check-segment-limit.ts';
import { segmentErrors } from '../segment-errors.ts';
import { segmentSchema } from '../segment-schema.ts';
import { ownSegment, segmentOnWire, severalSegments } from '../segment-wire.ts';
import { checkSegment, emptySegment, mergedSegment, type SentSegment } from '../segment.ts';
import { insertSegment, segmentRow } from '../store/segment-store.ts';

/** `POST /segment`: one segment or several, all or none (Segment Service). */
export const createSegment = (catalog: Catalog, taxonomyIds: ReadonlySet<string>): AccountOperation => ({
  id: 'createSegment',
  method: 'POST',
  paths: ['/segment', '/segment/:first'],
  summary: 'Make segments',
  access: writing,
  body: segmentSchema,
  wire: { body: 'several' },
  answer: segmentSchema,
  parameters: [
    { name: 'member_id', description: 'The member that the segment belongs to (default: your own)' },
    { name: 'advertiser_id', description: 'Makes it a segment of this advertiser' },
    { name: 'advertiser_code', description: 'The same by the code of the advertiser' },
  ],
  async handle(call) {
    const container = readContainer(call.body, 'segment', 'segments', call.warnings);
    const single = container.form === 'one';
    const objects = single ? [container.object] : container.objects;
    const pathOf = (index: number): string => (single ? 'segment' : `segments[${index}]`);
    const sent = objects.map((object, index): SentSegment => readObject(segmentSchema, object, pathOf(index), call.warnings));
    const members = sent.map((segment) => memberOf(call, segment));
    const advertiser = { id: call.parameters.id('advertiser_id'), code: call.parameters.text('advertiser_code') };
    const rows = await catalog.change(changeContext(call, 'createSegment'), async (change) => {
      for (const member of new Set(members)) await requireMember(change.db, member);
      const firstId = await change.newIds('segment', sent.length);
      for (const member of new Set(members)) await checkSegmentLimit(change, member, members.filter((each) => each === member).length);
      const made = [];
      for (const [index, segment] of sent.entries()) {
        const member = members[index] ?? call.caller.memberId;
        const advertiserId = await advertiserOf(change.db, member, advertiser);
        const content = mergedSegment(
          emptySegment,
          advertiserId === undefined ? segment : { ...segment, advertiser_id: advertiserId },
          false,
        );
        checkSegment(content, pathOf(index), (id) => taxonomyIds.has(id));
        const row = segmentRow(firstId + index, member, content, change.nowMs);
        await checkReferences(change.db, row, pathOf(index));
        await insertSegment(change, row);
        made.push(segmentOnWire(ownSegment(row), 'number'));
      }
      return made;
    });
    const [first] = rows;
    if (single && first) return oneAnswer('segment', first, { id: first.id });
    return severalSegments(rows);
  },
});

/** The path wins over the query, the query over the body, the body over the caller's own; a losing body value is passed over. */
function memberOf(call: Call, sent: SentSegment): number {
  const inPath = call.path.first === undefined ? undefined : addressedMember(call);
  const inQuery = call.parameters.id('member_id');
  const member = inPath ?? inQuery ?? (typeof sent.member_id === 'number' ? sent.member_id : call.caller.memberId);
  requireOwnMember(call, member, inPath !== undefined ? 'the path' : inQuery !== undefined ? 'member_id' : 'segment.member_id');
  return member;
}

const addressedMember = (call: Call): number => addressedId(call.parameters, call.path.first);

async function advertiserOf(
  db: CatalogReader,
  member: number,
  named: { readonly id: number | undefined; readonly code: string | undefined },
): Promise<number | undefined> {
  if (named.id !== undefined) return named.id;
  if (named.code === undefined) return undefined;
  const advertiser = await readAdvertiserByCode(db, member, named.code);
  if (!advertiser) throw refusal(segmentErrors.advertiserUnknown, { advertiser: `'${named.code.slice(0, 50)}'`, member });
  return advertiser.id;
}
