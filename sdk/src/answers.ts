import type { OperationEntry } from './operation-entry.ts';

/** One object that was made or changed. */
export type OneAnswer<Key extends string, Item> = { readonly id: number } & { readonly [Name in Key]: Item };

/** Several, by their ids. */
export type ManyAnswer<Key extends string, Item> = { readonly id: readonly number[] } & {
  readonly [Name in Key]: Readonly<Record<string, Item>>;
};

/** A page of a list; `count` is the number of all matches. */
export type ListAnswer<Key extends string, Item> = {
  readonly count: number;
  readonly start_element: number | null;
  readonly num_elements: number | null;
} & { readonly [Name in Key]: Item[] };

export interface DeletedAnswer {
  /** How many were deleted. */
  readonly count: number;
}

export interface FieldsAnswer {
  readonly fields: readonly { readonly name: string; readonly type: string; readonly sort_by: boolean; readonly filter_by: boolean }[];
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * The answer as the method's type says, without the protocol's surprises: an id that came as a string is a number, and a list is a list
 * also where one object was asked for by its id, which is answered under the singular key.
 */
export function answerOf(operation: OperationEntry, answer: unknown): unknown {
  if (!isFields(answer)) return answer;
  if (operation.answer === 'list') return listed(operation, answer);
  if (operation.answer === 'one' && typeof answer['id'] === 'string') return { ...answer, id: Number(answer['id']) };
  return answer;
}

function listed({ one, many }: OperationEntry, answer: Fields): Fields {
  const single = answer[one];
  if (isFields(single)) return { ...answer, [many]: [single] };
  return many in answer ? answer : { ...answer, [many]: [] };
}

export const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
