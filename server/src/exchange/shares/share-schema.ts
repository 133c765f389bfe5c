import { type Static, Type } from 'typebox';
import { scheduleSchema } from '../schedules/schedule-faults.ts';

const endpointId = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
const segmentId = Type.Union([Type.String({ minLength: 1, maxLength: 256 }), Type.Integer()], {
  description: 'Opaque; an integer is taken as its digits',
});
const name = Type.String({ minLength: 1, maxLength: 255 });
const column = Type.String({ minLength: 1, maxLength: 256 });

const source = Type.Object({ endpointId, segmentId });
const destination = Type.Object({
  endpointId,
  segmentId: Type.Optional(segmentId),
  newSegment: Type.Optional(
    Type.Object(
      { name, description: Type.Optional(Type.Union([Type.String({ maxLength: 4000 }), Type.Null()])) },
      { description: 'Only with ADD; made by the first run, then `segmentId` is filled' },
    ),
  ),
});
const identityMapping = Type.Object({
  sourceIdentifiers: Type.Array(column, { minItems: 1, maxItems: 100 }),
  destinationIdentifier: column,
});
const attributeMappings = Type.Record(Type.String(), column, { description: 'Source names to destination names; ignored on REMOVE' });
const shareAction = Type.Union([Type.Literal('ADD'), Type.Literal('REPLACE'), Type.Literal('REMOVE')]);
const allowEmptyReplace = Type.Boolean({ description: 'A REPLACE with no rows empties the audience' });

export const newShareSchema = Type.Object({
  name,
  source,
  destination,
  identityMapping,
  attributeMappings: Type.Optional(attributeMappings),
  shareAction: Type.Optional(shareAction),
  schedule: Type.Optional(scheduleSchema),
  allowEmptyReplace: Type.Optional(allowEmptyReplace),
});
export type NewShare = Static<typeof newShareSchema>;

export const shareChangesSchema = Type.Object({
  name: Type.Optional(name),
  identityMapping: Type.Optional(identityMapping),
  attributeMappings: Type.Optional(attributeMappings),
  shareAction: Type.Optional(shareAction),
  schedule: Type.Optional(scheduleSchema),
  allowEmptyReplace: Type.Optional(allowEmptyReplace),
  enabled: Type.Optional(Type.Boolean()),
  source: Type.Optional(Type.Unknown({ description: 'Fixed: 400' })),
  destination: Type.Optional(Type.Unknown({ description: 'Fixed: 400' })),
});

export const suggestSchema = Type.Object({ source, destination });

const time = Type.String({ description: 'RFC 3339 UTC' });
const orNull = <Schema extends Parameters<typeof Type.Union>[0][number]>(schema: Schema) => Type.Union([schema, Type.Null()]);

export const shareAnswer = Type.Object({
  shareId: Type.Integer(),
  name: Type.String(),
  source: Type.Object({ endpointId: Type.Integer(), segmentId: Type.String() }),
  destination: Type.Object({
    endpointId: Type.Integer(),
    segmentId: orNull(Type.String()),
    newSegment: Type.Optional(Type.Object({ name: Type.String(), description: orNull(Type.String()) })),
  }),
  identityMapping,
  attributeMappings,
  shareAction,
  schedule: scheduleSchema,
  allowEmptyReplace,
  enabled: Type.Boolean(),
  disabledReason: orNull(Type.String({ description: 'FAILURES: three in a row' })),
  createdBy: Type.String(),
  createdAt: time,
  updatedAt: time,
  nextRunAt: orNull(Type.String({ description: 'RFC 3339 UTC; null while disabled, and where no run is to come' })),
  lastJobId: orNull(Type.Integer()),
});

export const startedJobAnswer = Type.Object({ jobId: Type.Integer(), shareId: Type.Integer(), status: Type.String() });

export const dryRunAnswer = Type.Object({
  valid: Type.Boolean(),
  problems: Type.Array(Type.Object({ code: Type.String(), field: Type.String(), message: Type.String() })),
  rowsAvailable: orNull(Type.Integer()),
  wouldSend: orNull(Type.Integer()),
  wouldReject: orNull(Type.Integer()),
  replaceRemoves: orNull(Type.Integer({ description: 'Records that are now in the audience which a REPLACE would replace' })),
  nextRuns: Type.Array(time, { description: 'The next five' }),
});

export const suggestionAnswer = Type.Object({
  identityMapping: orNull(identityMapping),
  attributeMappings,
  unmappedRequired: Type.Array(Type.String()),
});
