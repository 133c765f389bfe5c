import type { CheckedUpload, UploadOrder } from './check-upload.ts';
import type { CsvDetail, CsvFault } from './csv-fault.ts';
import type { RowCounts, TransformPlan, TransformResult } from './transform-plan.ts';

/** What the thread of the CSV engine is told. */
export type ToCsv =
  | { readonly kind: 'check'; readonly id: number; readonly order: UploadOrder }
  /** The next piece of a file that is checked. */
  | { readonly kind: 'piece'; readonly id: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'end'; readonly id: number }
  | { readonly kind: 'transform'; readonly id: number; readonly plan: TransformPlan }
  /** Nobody wants it any more; it ends as failed. */
  | { readonly kind: 'drop'; readonly id: number };

/** A CsvFault, taken apart: threads pass on no classes. */
export interface FaultParts {
  readonly code: CsvFault['code'];
  readonly message: string;
  readonly details: readonly CsvDetail[];
}

/** Another error, taken apart. */
export interface ErrorParts {
  /** With the stack of the thread. */
  readonly text: string;
  /** A sealed file did not open. */
  readonly damaged: boolean;
  /** Of the operating system, such as ENOSPC; null where it has none. */
  readonly code: string | null;
}

/** What it answers. */
export type FromCsv =
  /** A piece was taken, so that another one may come. */
  | { readonly kind: 'took'; readonly id: number }
  | { readonly kind: 'progress'; readonly id: number; readonly counts: Pick<RowCounts, 'rowsReceived' | 'rowsRejected'> }
  | { readonly kind: 'checked'; readonly id: number; readonly result: CheckedUpload }
  | { readonly kind: 'transformed'; readonly id: number; readonly result: TransformResult }
  /** fault: null where it is none of the file's; `error` is told then. */
  | { readonly kind: 'failed'; readonly id: number; readonly fault: FaultParts | null; readonly error: ErrorParts };
