import { Buffer } from 'node:buffer';
import avro, { type Schema, type Type } from 'avsc';
import { UnreadableFile } from '../scan/unpacked-text.ts';

const mostSchemaCharacters = 65_536;

/** 64-bit numbers come as bigints: user ids are exact up to their last digit. */
const longType = avro.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(value);
    return bytes;
  },
  fromJSON: BigInt,
  toJSON: Number,
  isValid: (value: unknown) => typeof value === 'bigint',
  compare: (a: bigint, b: bigint) => (a === b ? 0 : a < b ? -1 : 1),
});

const isLong = (schema: Schema): boolean => schema === 'long' || (typeof schema === 'object' && 'type' in schema && schema.type === 'long');

/**
 * The writer's schema of a file, held to what a record needs: a `uid`, and `segments`, an array of records that name a segment by `id` or
 * `code` (BSS Avro File Format; ingest.md section 4.7). Other fields may be there. @throws UnreadableFile
 */
export function writerType(schema: string): Type {
  if (schema.length > mostSchemaCharacters)
    throw new UnreadableFile(`the schema of the Avro file is longer than ${mostSchemaCharacters} characters`);
  let type: Type;
  try {
    type = avro.Type.forSchema(JSON.parse(schema) as Schema, {
      wrapUnions: true,
      typeHook: (each) => (isLong(each as Schema) ? longType : undefined) as Type,
    });
  } catch (error) {
    throw new UnreadableFile('the schema of the Avro file is none', { cause: error });
  }
  const fault = faultOf(type);
  if (fault !== undefined) throw new UnreadableFile(`the schema of the Avro file does not fit: ${fault}`);
  return type;
}

interface Field {
  readonly name: string;
  readonly type: Type;
}

const fieldsOf = (type: Type): readonly Field[] | undefined =>
  type.typeName === 'record' ? (type as unknown as { readonly fields: readonly Field[] }).fields : undefined;

function faultOf(type: Type): string | undefined {
  const fields = fieldsOf(type);
  if (!fields) return 'it is no record';
  if (!fields.some(({ name }) => name === 'uid')) return "it has no field 'uid'";
  const segments = fields.find(({ name }) => name === 'segments');
  if (segments?.type.typeName !== 'array') return "its field 'segments' is no array";
  const segment = fieldsOf((segments.type as unknown as { readonly itemsType: Type }).itemsType);
  if (!segment) return "the items of 'segments' are no records";
  return segment.some(({ name }) => name === 'id' || name === 'code') ? undefined : "a segment has neither 'id' nor 'code'";
}
