import type { QueryValue, QueryValues } from './call-options.ts';

type Id = number | string;
type ScalarKey<Item> = { [Key in keyof Item]-?: Item[Key] extends QueryValue | null | undefined ? Key : never }[keyof Item] & string;
type Bound = 'min' | 'max' | 'nmin' | 'nmax' | 'like' | 'not';

/** Which page of a list, and in which order. */
export interface PageQuery {
  readonly id?: Id | readonly Id[] | undefined;
  /** From 0. */
  readonly start_element?: number | undefined;
  /** 100 at most. */
  readonly num_elements?: number | undefined;
  /** `name.desc,id` */
  readonly sort?: string | undefined;
  /** Only these, by comma: the answer's type still names them all. */
  readonly fields?: string | readonly string[] | undefined;
  readonly search?: string | undefined;
}

/** A list's parameters (platform.md section 1): filters on every scalar field, one of several values, from and to, contains, none of. */
export type ListQuery<Item> = PageQuery & { readonly [Key in Exclude<ScalarKey<Item>, 'id'>]?: QueryValues | undefined } & {
  readonly [Key in ScalarKey<Item> as `${Bound}_${Key}`]?: QueryValues | undefined;
};

/** What is changed or deleted. A call without an address never acts. */
export interface AddressQuery {
  readonly id?: Id | readonly Id[] | undefined;
  readonly code?: string | undefined;
  /** For administrators: in whose name. */
  readonly member_id?: Id | undefined;
}
