import { formatRfc3339, formatRfc3339OrNull } from '../calls/wire-time.ts';
import type { Share } from './share.ts';

/** A share as its answers show it (exchange-sharing.md section 5). */
export const shareOnWire = (share: Share) => ({
  shareId: share.id,
  name: share.name,
  source: share.source,
  destination: {
    endpointId: share.destination.endpointId,
    segmentId: share.destination.segmentId,
    ...(share.destination.newSegment ? { newSegment: share.destination.newSegment } : {}),
  },
  identityMapping: share.identityMapping,
  attributeMappings: share.attributeMappings,
  shareAction: share.shareAction,
  schedule: share.schedule,
  allowEmptyReplace: share.allowEmptyReplace,
  enabled: share.enabled,
  disabledReason: share.disabledReason,
  createdBy: share.createdBy,
  createdAt: formatRfc3339(share.createdOn),
  updatedAt: formatRfc3339(share.lastModified),
  nextRunAt: formatRfc3339OrNull(share.enabled ? share.nextRunOn : null),
  lastJobId: share.lastJobId,
});
