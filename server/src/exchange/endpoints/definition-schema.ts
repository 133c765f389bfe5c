import { type TSchema, Type } from 'typebox';
import { hashAlgorithms, shareActions } from './endpoint.ts';

const text = (maxLength: number, more: { readonly description?: string } = {}) => Type.String({ minLength: 1, maxLength, ...more });
const oneOf = (values: readonly string[], more: { readonly description?: string } = {}) =>
  Type.Union(
    values.map((value) => Type.Literal(value)),
    more,
  );
const url = text(2048, { description: 'Where it is called, https' });

/** Names and descriptions as people give them. */
export const nameSchema = text(255);
export const descriptionSchema = Type.Union([Type.String({ maxLength: 2000 }), Type.Null()]);
export const urlSchema = url;
export const hashSchema = oneOf(hashAlgorithms);

const identifier = Type.Object({ name: text(256), type: text(64), isRequired: Type.Optional(Type.Boolean()) });
const database = Type.Object({
  id: Type.Optional(Type.Union([Type.Integer(), Type.String({ maxLength: 255 })])),
  name: text(255),
  description: Type.Optional(descriptionSchema),
  identifiers: Type.Optional(Type.Array(identifier, { maxItems: 500 })),
  attributes: Type.Optional(Type.Array(identifier, { maxItems: 500 })),
});
export const databasesSchema = Type.Object({ marketingDatabases: Type.Array(database, { maxItems: 100 }) });

const role = { enabled: Type.Boolean(), url: Type.Optional(url), dataWindow: Type.Optional(Type.Integer({ minimum: 0, maximum: 36_500 })) };
const direction = Type.Optional(oneOf(['push', 'pull']));
const source = Type.Object({ ...role, sourceType: direction, producerType: direction });
const destination = Type.Object({
  ...role,
  destinationType: direction,
  consumerType: direction,
  shareActions: Type.Optional(Type.Array(oneOf(shareActions), { minItems: 1, maxItems: 10, description: 'ADD alone where it is absent' })),
});
const anything: TSchema = Type.Object({}, { additionalProperties: true, description: 'Events are no part of this exchange' });

/** Roles by the words of either page: source and destination, or producer and consumer (exchange.md section 2.3). */
export const endpointTypesSchema = Type.Object({
  segment: Type.Optional(
    Type.Object({
      source: Type.Optional(source),
      producer: Type.Optional(source),
      destination: Type.Optional(destination),
      consumer: Type.Optional(destination),
    }),
  ),
  event: Type.Optional(anything),
});

const definition = {
  providerName: nameSchema,
  description: Type.Optional(descriptionSchema),
  url: Type.Optional(url),
  hashAlgorithm: Type.Optional(hashSchema),
  endpointTypes: endpointTypesSchema,
  marketingDatabasesDefinition: Type.Optional(databasesSchema),
};

/** The body of `PUT /v1/endpoint`. */
export const endpointDefinitionSchema = Type.Object({ name: nameSchema, ...definition });
/** The same without a name, which the registration gives. */
export const namelessDefinitionSchema = Type.Object(definition);

export const connectTypeSchema = oneOf(['DIRECTCONNECT', 'INSTRUCTIONS']);

/** The body of `POST /v1/application` and of `POST /v1/applications`. */
export const applicationSchema = Type.Object({
  ...definition,
  displayName: nameSchema,
  connectType: Type.Optional(connectTypeSchema),
  instructions: Type.Optional(Type.Union([Type.String({ maxLength: 4000 }), Type.Null()])),
});

/** Connection values, named as in exchange.md example E3. */
export const connectionSchema = Type.Object({
  attributes: Type.Array(
    Type.Object({
      name: oneOf(['authType', 'apiKey', 'username', 'password'], { description: 'authType: APIKEY, BASIC or NONE' }),
      value: Type.String({ maxLength: 4096 }),
    }),
    { maxItems: 10 },
  ),
});
