import type { FieldFault } from '../calls/read-exchange-body.ts';
import { scheduleFaults, scheduleOf } from '../schedules/schedule-faults.ts';
import type { NewShare } from './share-schema.ts';
import type { Share } from './share.ts';

/** A share as a call describes it. */
export type DescribedShare = Pick<
  Share,
  'name' | 'source' | 'destination' | 'identityMapping' | 'attributeMappings' | 'shareAction' | 'schedule' | 'allowEmptyReplace'
>;

/** What a new share's body says, with its defaults. */
export function describedShare(body: NewShare): DescribedShare {
  const { endpointId, segmentId, newSegment } = body.destination;
  return {
    name: body.name,
    source: { endpointId: body.source.endpointId, segmentId: String(body.source.segmentId) },
    destination: {
      endpointId,
      segmentId: segmentId === undefined ? null : String(segmentId),
      newSegment: newSegment ? { name: newSegment.name, description: newSegment.description ?? null } : null,
    },
    identityMapping: body.identityMapping,
    attributeMappings: body.attributeMappings ?? {},
    shareAction: body.shareAction ?? 'ADD',
    schedule: body.schedule ? scheduleOf(body.schedule) : { type: 'NOW' },
    allowEmptyReplace: body.allowEmptyReplace ?? false,
  };
}

/** What is wrong with a body whatever is there; its shape was read before. */
export function shareFaults({ destination, schedule }: NewShare, nowMs: number): FieldFault[] {
  const { segmentId, newSegment } = destination;
  const faults: FieldFault[] = schedule ? scheduleFaults(schedule, nowMs) : [];
  if (segmentId === undefined && newSegment === undefined)
    faults.push({ field: 'destination', message: 'must have segmentId, or newSegment to make one' });
  if (segmentId !== undefined && newSegment !== undefined)
    faults.push({ field: 'destination', message: 'must not have both segmentId and newSegment' });
  return faults;
}
