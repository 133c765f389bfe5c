import type { CallOptions } from './call-options.ts';

/** One operation of the server, as far as a call needs to know it. */
export interface OperationEntry {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  /** The keys of one object and of several, in bodies and answers. */
  readonly one: string;
  readonly many: string;
  /** keyed: the object stands under its key. bare: it is the body. */
  readonly body: 'keyed' | 'bare' | 'none';
  readonly answer: 'list' | 'one' | 'fields';
  /** Needs no token. */
  readonly open: boolean;
}

/** What the generated methods are made of. */
export abstract class OperationCaller {
  protected abstract run<Answer>(operation: OperationEntry, body: unknown, query: object, options: CallOptions): Promise<Answer>;
}

/** The body as the protocol has it: one object under the singular key, several under the plural one. */
export function keyedBody({ body, one, many }: OperationEntry, content: unknown): unknown {
  if (body !== 'keyed') return content;
  return Array.isArray(content) ? { [many]: content } : { [one]: content };
}
