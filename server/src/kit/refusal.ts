/** The closed list of error ids of the protocol (platform.md section 1). */
export type ErrorId = 'SYNTAX' | 'NOAUTH' | 'NOAUTH_DISABLED' | 'NOAUTH_EXPIRED' | 'UNAUTH' | 'INTEGRITY' | 'LIMIT' | 'SYSTEM';

/** One entry of an error catalogue. `text` is public and may hold `{name}` places, which are filled when the refusal is made. */
export interface RefusalKind {
  /** `domain.kind`: unique, used in metrics, logs and docs/errors.md. */
  readonly name: string;
  readonly status: number;
  readonly errorId: ErrorId;
  readonly errorCode: string | null;
  readonly errorDescription: string | null;
  readonly text: string;
}

type RefusalEntry = Pick<RefusalKind, 'errorId' | 'text'> & Partial<Pick<RefusalKind, 'status' | 'errorCode' | 'errorDescription'>>;

const usualStatus: Readonly<Record<ErrorId, number>> = {
  SYNTAX: 400,
  NOAUTH: 401,
  NOAUTH_DISABLED: 401,
  NOAUTH_EXPIRED: 401,
  UNAUTH: 403,
  INTEGRITY: 409,
  LIMIT: 409,
  SYSTEM: 500,
};

/** Makes a domain's error catalogue. Status follows the error id unless the entry says otherwise. */
export function defineRefusals<Kind extends string>(
  domain: string,
  entries: Readonly<Record<Kind, RefusalEntry>>,
): Readonly<Record<Kind, RefusalKind>> {
  const kinds = Object.entries<RefusalEntry>(entries).map(([kind, entry]): [string, RefusalKind] => [
    kind,
    {
      name: `${domain}.${kind}`,
      status: entry.status ?? usualStatus[entry.errorId],
      errorId: entry.errorId,
      errorCode: entry.errorCode ?? null,
      errorDescription: entry.errorDescription ?? null,
      text: entry.text,
    },
  ]);
  return Object.fromEntries(kinds) as Readonly<Record<Kind, RefusalKind>>;
}

interface RefusalOptions {
  /** Internal detail: goes to the log, never to the caller. */
  readonly cause?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Every problem that was found, where an answer can list them (the exchange's `details`). Public. */
  readonly details?: readonly object[];
}

/** An expected refusal: thrown by rules and handlers, answered in the protocol's envelope. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly kind: RefusalKind;
  readonly headers: Readonly<Record<string, string>>;
  readonly details: readonly object[];
  constructor(kind: RefusalKind, values: Readonly<Record<string, string | number>> = {}, options: RefusalOptions = {}) {
    super(
      kind.text.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place)),
      'cause' in options ? { cause: options.cause } : undefined,
    );
    this.kind = kind;
    this.headers = options.headers ?? {};
    this.details = options.details ?? [];
  }
}

export const refusal = (kind: RefusalKind, values?: Readonly<Record<string, string | number>>, options?: RefusalOptions): Refusal =>
  new Refusal(kind, values, options);

/** A fault of something below that is an expected one: it knows how it is answered where nobody above says it better. */
export abstract class RefusedFault extends Error {
  abstract refused(): Refusal;
}

/** The refusal that an error is, or answers as; undefined for a bug. */
export const refusalOf = (error: unknown): Refusal | undefined =>
  error instanceof Refusal ? error : error instanceof RefusedFault ? error.refused() : undefined;
