import { ProfileStoreUnavailable } from '../../profiles/profile-store.ts';
import { SealedFileDamaged } from '../files/sealed-form.ts';

/** Why a job failed: a code of exchange-sharing.md section 7, a sentence for a marketer, and details for an engineer. */
export class JobFault extends Error {
  override readonly name = 'JobFault';
  readonly code: string;
  /** Null: the sentence says it all. */
  readonly details: string | null;

  constructor(code: string, message: string, details: string | null = null, options: { readonly cause?: unknown } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.details = details;
  }
}

/** A file that a job keeps cannot be read any more; trying again does not mend it. */
export const damagedFault = new JobFault(
  'INTERNAL',
  'A file that this server kept for the job is damaged or gone, so nothing more of it is sent. Run the share again; tell the operator to check the disk.',
);

/** Thrown by whatever reads a staged file: it does not open, or it is not there. */
export const isDamage = (error: unknown): error is Error =>
  error instanceof SealedFileDamaged || (error instanceof Error && 'code' in error && error.code === 'ENOENT');

const noWriting: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'SQLITE_FULL', 'EROFS', 'EIO']);

/** The disk is full or takes no writes. That may pass, so it is tried again first. */
export const cannotWrite = (error: unknown): boolean =>
  error instanceof ProfileStoreUnavailable || (error instanceof Error && 'code' in error && noWriting.has(error.code));
