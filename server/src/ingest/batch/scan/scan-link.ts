import type { ScanOrder, ScanResult } from './scan-result.ts';

/** What the scan thread is told. */
export type ToScan =
  /** Begin a pass; `whole`: the file is there and does not grow. */
  | { readonly kind: 'scan'; readonly id: number; readonly order: ScanOrder; readonly whole: boolean }
  | { readonly kind: 'grew'; readonly id: number; readonly bytes: number; readonly ended: boolean }
  /** Look for repeats, now that the file is accepted. */
  | { readonly kind: 'finish'; readonly id: number }
  /** Forget it. */
  | { readonly kind: 'drop'; readonly id: number };

/** What it answers. */
export type FromScan =
  | { readonly kind: 'counted'; readonly id: number; readonly result: ScanResult }
  /** The repeats are in their file, if there are any. */
  | { readonly kind: 'finished'; readonly id: number }
  | { readonly kind: 'failed'; readonly id: number; readonly text: string };
