import type { ParsedColumns } from '../parse/parsed-chunk.ts';
import type { ResolvedSegment, SegmentName } from '../parse/segment-table.ts';
import type { ScanResult } from '../scan/scan-result.ts';
import type { LoadPlan } from './load-plan.ts';
import type { ReportSnapshot } from './job-report.ts';
import type { WrittenChunk } from './written-chunk.ts';

/** Where the thread finds its job. */
export interface LoadOrder {
  readonly upload: string;
  readonly repeats: string;
  readonly segments: string;
  readonly rejects: string;
  readonly before: string;
  readonly plan: LoadPlan;
  readonly scan: ScanResult;
  /** As sent: what progress is measured by. */
  readonly bytes: number;
  readonly textLimitBytes: number;
  /** Is what others rest on synced? */
  readonly sync: boolean;
}

/** What the thread is told. */
export type ToLoad =
  | { readonly kind: 'begin'; readonly order: LoadOrder }
  | { readonly kind: 'written'; readonly sequence: number; readonly columns: ParsedColumns; readonly written: WrittenChunk }
  | { readonly kind: 'resolved'; readonly resolved: readonly ResolvedSegment[] }
  /** The catalog has changed: segments must be asked for again. */
  | { readonly kind: 'forget' }
  /** End soon; what is under way is still reported. */
  | { readonly kind: 'stop' };

/** What it tells. */
export type FromLoad =
  /** @property beforeUpTo before-images of chunks up to here are on disk */
  | { readonly kind: 'chunk'; readonly sequence: number; readonly columns: ParsedColumns; readonly beforeUpTo: number }
  | { readonly kind: 'resolve'; readonly names: readonly SegmentName[] }
  | { readonly kind: 'progress'; readonly percent: number; readonly report: ReportSnapshot }
  | { readonly kind: 'done'; readonly report: ReportSnapshot; readonly tooManyInvalid: boolean }
  /** Stopped before the end. */
  | { readonly kind: 'stopped'; readonly report: ReportSnapshot }
  /** The file cannot be loaded, and never will be. */
  | { readonly kind: 'fault'; readonly report: ReportSnapshot; readonly text: string };
