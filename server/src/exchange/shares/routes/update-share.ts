import type { Static } from 'typebox';
import { exchangeOperation } from '../../calls/exchange-operation.ts';
import { idInPath } from '../../calls/path-parts.ts';
import { type FieldFault, invalidFields } from '../../calls/read-exchange-body.ts';
import type { ExchangeParts } from '../../exchange-parts.ts';
import { firstOccurrences, nextOccurrences, type Occurrence } from '../../schedules/occurrences.ts';
import { scheduleFaults, scheduleOf } from '../../schedules/schedule-faults.ts';
import { holdShare, requireShare, type ShareChanges, updateShare as writeShare } from '../../store/share-store.ts';
import { checkShare, refuseProblems } from '../check-share.ts';
import { shareAnswer, shareChangesSchema } from '../share-schema.ts';
import type { Share, ShareSchedule } from '../share.ts';
import { shareOnWire } from '../share-wire.ts';

type Changes = Static<typeof shareChangesSchema>;

/**
 * `PUT /v1/shares/:shareId`: replaces the fields given, `enabled` switches. Starts nothing; a job keeps what it began with (exchange-sharing.md
 * section 5). What is not touched is not checked again, so that a share can be renamed or disabled whatever became of its endpoints.
 */
export const updateShare = (parts: ExchangeParts) =>
  exchangeOperation(parts, {
    id: 'updateShare',
    method: 'PUT',
    path: '/v1/shares/:shareId',
    summary: 'Change a share, enable or disable it',
    access: { who: 'people', writes: true },
    body: shareChangesSchema,
    answer: shareAnswer,
    async handle(call) {
      const { memberId, body } = call;
      const id = idInPath(call, 'shareId', 'share');
      const known = await requireShare(parts.catalog.read, memberId, id);
      const faults = faultsOf(body, parts.clock.nowMs());
      if (faults.length > 0) throw invalidFields(faults);
      const isMapped = (body.identityMapping ?? body.attributeMappings ?? body.shareAction) !== undefined;
      if (isMapped || (body.enabled === true && !known.enabled))
        refuseProblems((await checkShare(parts, memberId, changed(known, body))).problems);
      return call.change(async (made) => {
        const share = await holdShare(made, memberId, id);
        const after = await writeShare(made, share, changesOf(share, body, made.nowMs));
        return { status: 200, json: shareOnWire(after) };
      });
    },
  });

function faultsOf(body: Changes, nowMs: number): FieldFault[] {
  const fixed = (['source', 'destination'] as const).filter((field) => body[field] !== undefined);
  const faults = fixed.map((field) => ({ field, message: 'is fixed; make another share' }));
  return [...faults, ...(body.schedule ? scheduleFaults(body.schedule, nowMs) : [])];
}

const changed = (share: Share, { identityMapping, attributeMappings, shareAction }: Changes): Share => ({
  ...share,
  identityMapping: identityMapping ?? share.identityMapping,
  attributeMappings: attributeMappings ?? share.attributeMappings,
  shareAction: shareAction ?? share.shareAction,
});

function changesOf(share: Share, body: Changes, nowMs: number): ShareChanges {
  const { name, enabled, schedule } = body;
  const { identityMapping, attributeMappings, shareAction } = changed(share, body);
  return {
    name: name ?? share.name,
    identity_mapping: JSON.stringify(identityMapping),
    attribute_mappings: JSON.stringify(attributeMappings),
    share_action: shareAction,
    allow_empty_replace: Number(body.allowEmptyReplace ?? share.allowEmptyReplace),
    ...switched(share, enabled),
    ...timed(share, schedule && scheduleOf(schedule), enabled === true && !share.enabled, nowMs),
  };
}

/** Enabled again, a share begins with no failures; disabled by a person, it has no reason. */
function switched(share: Share, enabled: boolean | undefined): ShareChanges {
  if (enabled === undefined || enabled === share.enabled) return {};
  return { enabled: Number(enabled), disabled_reason: null, ...(enabled ? { failures: 0 } : {}) };
}

function timed(share: Share, sent: ShareSchedule | undefined, enabling: boolean, nowMs: number): ShareChanges {
  if (sent && JSON.stringify(sent) !== JSON.stringify(share.schedule)) {
    const first = firstOfChanged(share, sent, nowMs);
    return { schedule: JSON.stringify(sent), next_run_on: first?.atMs ?? null, occurrences: first?.index ?? 0 };
  }
  if (!enabling) return {};
  // What came while it was disabled has passed by.
  const [next] = nextOccurrences(share.schedule, nowMs, 1, share.occurrences);
  return { next_run_on: next?.atMs ?? null, occurrences: next?.index ?? share.occurrences };
}

/** The first occurrence of a changed schedule: one of the last five minutes too, unless it is the former schedule's, which has had it. */
function firstOfChanged({ schedule, nextRunOn, enabled }: Share, sent: ShareSchedule, nowMs: number): Occurrence | undefined {
  const all = firstOccurrences(sent, nowMs, 2);
  const hadIt = (atMs: number): boolean =>
    enabled && atMs <= nowMs && atMs !== nextRunOn && nextOccurrences(schedule, atMs - 1, 1)[0]?.atMs === atMs;
  return all.find(({ atMs }) => !hadIt(atMs));
}
