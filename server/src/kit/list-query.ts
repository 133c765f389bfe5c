/** What a field of a REST object is, for filters, sorting and `/meta` (platform.md section 1). */
export type FieldType = 'int' | 'string' | 'enum' | 'timestamp' | 'bool';

export interface ListField {
  readonly type: FieldType;
  /** The column (or SQL expression's name) that holds it. */
  readonly column?: string;
  /** What every object shows here, where no column holds it. Without both, the field is shown but neither sorted nor filtered by. */
  readonly constant?: Scalar | null;
  /** The column with the folded text, for strings: `like_`, `search` and filters without case use it. */
  readonly foldedColumn?: string;
  /** Part of `search`. */
  readonly search?: true;
  /** Plain filters on this string ignore case (segment codes). */
  readonly ignoresCase?: true;
}

/** The fields of a REST object by their names on the wire, in the order in which `/meta` shows them. */
export type ListFields = Readonly<Record<string, ListField>>;

export type Scalar = string | number | boolean;

/** Can lists be filtered and sorted by the field? */
export const isListable = (field: ListField | undefined): boolean => field?.column !== undefined || field?.constant !== undefined;

export type ListFilter =
  | { readonly field: string; readonly is: 'in' | 'not-in'; readonly values: readonly Scalar[] }
  | { readonly field: string; readonly is: 'min' | 'max'; readonly value: number; readonly orNull: boolean }
  | { readonly field: string; readonly is: 'like'; readonly value: string };

/** A list request, read and checked; knows neither SQL nor HTTP. */
export interface ListQuery {
  readonly filters: readonly ListFilter[];
  /** Folded; null where there is none. */
  readonly search: string | null;
  readonly sort: readonly { readonly field: string; readonly descending: boolean }[];
  readonly startElement: number;
  readonly numElements: number;
}
