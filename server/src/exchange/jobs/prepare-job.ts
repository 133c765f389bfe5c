import { readAudience } from '../audiences/read-audience.ts';
import type { Audience } from '../audiences/audience.ts';
import type { Endpoint } from '../endpoints/endpoint.ts';
import { resolveMapping, type ResolvedMapping, sourceColumns } from '../shares/mapping.ts';
import type { Share } from '../shares/share.ts';
import { readEndpointEver } from '../store/endpoint-store.ts';
import { chunkJobOf } from './chunk-job.ts';
import { expectedColumns } from './expected-columns.ts';
import { JobFault } from './job-fault.ts';
import type { JobPlan } from './job-plan.ts';
import { uploadWaitMs } from './job-waits.ts';
import { moveOn, planOf, type Stage } from './stage.ts';

/** CREATED: looks at what the share means now, and asks for the data. */
export async function prepareJob(stage: Stage): Promise<boolean> {
  const { parts, job } = stage;
  const { share } = planOf(job);
  const source = await activeEndpoint(stage, share.source.endpointId);
  const destination = await activeEndpoint(stage, share.destination.endpointId);
  const audience = await readAudience(parts, job.member_id, source, share.source.segmentId);
  if (!audience) throw new JobFault('SEGMENT_NOT_FOUND', `${source.name} does not offer the audience ${share.source.segmentId} any more.`);
  const { mapping, warnings } = mappingNow(source, audience, destination, share);
  if (!source.source || !destination.destination)
    throw new JobFault('BAD_STATE', `${source.source ? destination.name : source.name} does not take part in sharing audiences any more.`);
  const nowMs = parts.clock.nowMs();
  const plan: JobPlan = {
    share,
    prepared: {
      mapping,
      columns: expectedColumns(sourceColumns(source, audience)),
      segmentIdIsNumber: audience.idIsNumber,
      sourceType: source.source.type,
      destinationType: destination.destination.type,
      segmentName: audience.name,
      nowMs,
    },
  };
  await parts.folders.of(job.id).make();
  // A catalog that came back from a backup gives out ids again whose chunks the profiles know.
  if (destination.destination.type === 'internal') await parts.profiles.forgetChunks(chunkJobOf(job.id));
  const waits = source.source.type !== 'internal';
  await moveOn(stage, {
    plan: JSON.stringify(plan),
    // Others note runs that were skipped.
    warnings: JSON.stringify([...(JSON.parse(job.warnings) as string[]), ...warnings]),
    started_on: nowMs,
    status: waits ? 'WAITING_TO_RECIEVE_DATA' : 'RECEIVING_DATA',
    waits_until: source.source.type === 'push' ? nowMs + uploadWaitMs : null,
  });
  return true;
}

async function activeEndpoint({ parts }: Stage, id: number): Promise<Endpoint> {
  const endpoint = await readEndpointEver(parts.catalog.read, id);
  if (endpoint?.status === 'ACTIVE') return endpoint;
  throw new JobFault('ENDPOINT_DISABLED', `The endpoint ${endpoint?.name ?? id} is not active; enable it and run the share again.`);
}

/** An optional attribute that has gone since the share was made is left out, with a warning (exchange.md section 6). */
function mappingNow(
  source: Endpoint,
  audience: Audience,
  destination: Endpoint,
  share: Share,
): { readonly mapping: ResolvedMapping; readonly warnings: readonly string[] } {
  const { identityMapping, shareAction } = share;
  const warnings: string[] = [];
  let attributeMappings = share.attributeMappings;
  for (;;) {
    const { problems, resolved } = resolveMapping(source, audience, destination, { identityMapping, attributeMappings, shareAction });
    if (resolved) return { mapping: resolved, warnings };
    const gone = problems.map(({ attribute }) => attribute).find((name) => name !== undefined && Object.hasOwn(attributeMappings, name));
    const [first] = problems;
    if (gone === undefined)
      throw new JobFault('INVALID_MAPPING', `The share's mapping does not fit any more: ${first?.message ?? 'it is empty'}`);
    warnings.push(`The attribute ${gone} was left out: ${problems.find(({ attribute }) => attribute === gone)?.message ?? ''}`);
    attributeMappings = Object.fromEntries(Object.entries(attributeMappings).filter(([name]) => name !== gone));
  }
}
