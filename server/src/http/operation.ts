import type { Buffer } from 'node:buffer';
import type { Readable } from 'node:stream';
import type { TSchema } from 'typebox';
import type { AnswerBytes } from './answer-bytes.ts';
import type { Refusal } from '../kit/refusal.ts';
import type { AccessRule, Caller, RequestFacts } from './caller.ts';
import type { Parameters } from './parameters.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** One call of an operation. */
export interface OpenCall {
  readonly requestId: string;
  readonly facts: RequestFacts;
  readonly parameters: Parameters;
  /** What stands at the places of the path (`/segment/:first`: `first`), decoded. */
  readonly path: Readonly<Record<string, string | undefined>>;
  /** Empty where there was none. */
  readonly body: Buffer;
  /** The body of an operation that streams, as it comes in. */
  readonly stream?: Readable;
  /** Named in the answer's `dbg_info.warnings`. */
  readonly warnings: string[];
}

export interface Call extends OpenCall {
  readonly caller: Caller;
}

/** An answer in the protocol's envelope: `{"response": {"status": "OK", …fields, "dbg_info": …}}`. */
export interface EnvelopeAnswer {
  readonly fields: Readonly<Record<string, unknown>>;
  /** The key that holds the objects, for `dbg_info.output_term`. */
  readonly outputTerm: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The same, with the fields written as JSON by the operation itself: a hot route with long answers. */
export interface WrittenAnswer {
  /**
   * Writes `"key":value,…`, never nothing; a test holds it equal to what JSON.stringify makes of the same fields. Called once, in the same
   * turn of the event loop.
   */
  readonly writeFields: (into: AnswerBytes) => void;
  readonly outputTerm: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer outside the envelope. */
export interface BareAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The value of Set-Cookie. Beside `headers`, which are one object for most answers then: what is made of them is made once. */
  readonly cookie?: string | undefined;
  readonly body: string | Buffer;
  /** A body of text that is ASCII for certain, so its bytes need not be counted. */
  readonly ascii?: boolean;
}

/** An answer outside the envelope that is made while it is sent. */
export interface StreamedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly stream: Readable;
}

export type Answer = EnvelopeAnswer | WrittenAnswer | BareAnswer | StreamedAnswer;

/** What the documentation says of a query parameter. */
export interface ParameterDoc {
  readonly name: string;
  readonly description: string;
}

/** The rules: a body is an object under its key; GET answers a page of objects or one, POST and PUT the object with its id. */
export interface WireForm {
  /** bare: the schema is the whole body. several: many objects may come at once, under their plural key. */
  readonly body?: 'bare' | 'several';
  /** bare: not in the envelope. fields: the schema's fields stand in the envelope themselves. */
  readonly answer?: 'bare' | 'fields';
}

interface OperationCommon {
  /** The one name from route to audit event: file, SDK method, CLI command. */
  readonly id: string;
  readonly method: Method;
  /** All addresses, the main one first; `:name` is a place. */
  readonly paths: readonly string[];
  readonly summary: string;
  readonly parameters?: readonly ParameterDoc[];
  /** The body's schema, for reading, checking and OpenAPI. */
  readonly body?: TSchema;
  /** The schema of the object in the answer, for OpenAPI. */
  readonly answer?: TSchema;
  /** The debug object stands in every answer a second time, as `dbg` (the sharing service). */
  readonly dbg?: true;
  /** Where it departs from the rules by which bodies and answers are made (platform.md section 1), for documents and the sdk. */
  readonly wire?: WireForm;
  /** Not shown in OpenAPI. */
  readonly unlisted?: boolean;
  /** Where it differs from the server's own limit. */
  readonly bodyLimitBytes?: number;
  /** The operation reads the query itself, byte for byte (`facts.query`): nothing in it is refused or told of, and `parameters` are empty. */
  readonly rawQuery?: true;
  /** Decides itself who may call, by token or by key; for documents. writes: viewers may not. */
  readonly keys?: { readonly who: string; readonly writes: boolean };
  /** How its refusals are written, where that is not the envelope: JSON. */
  readonly writesRefusal?: (refused: Refusal) => string;
  /** The body is not read before the operation is called: it takes it from the call's `stream`, and may take its time. */
  readonly streams?: true;
}

export interface OpenOperation extends OperationCommon {
  readonly access: 'anyone';
  readonly handle: (call: OpenCall) => Promise<Answer> | Answer;
}

export interface AccountOperation extends OperationCommon {
  readonly access: AccessRule;
  readonly handle: (call: Call) => Promise<Answer> | Answer;
}

export type Operation = OpenOperation | AccountOperation;

/** The rules that most operations have. */
export const reading: AccessRule = { writes: false, tokenInQuery: false, throttled: true };
export const writing: AccessRule = { writes: true, tokenInQuery: false, throttled: true };
