import { randomUUID } from 'node:crypto';
import type { FoyerClient } from '@foyer/sdk/client.ts';
import { FoyerError } from '@foyer/sdk/foyer-error.ts';
import { NoAnswerError } from '@foyer/sdk/no-answer-error.ts';
import type { Call, OptionSpec } from '../command.ts';
import { loggedInClient } from '../logged-in-client.ts';
import { optionId } from '../read-id.ts';
import { serverOption } from '../server-url.ts';

const mostRepeats = 3;
const longestWaitS = 60;

export const exchangeOptions: Readonly<Record<string, OptionSpec>> = {
  member: { type: 'string', placeholder: 'ID', description: 'for administrators: whose exchange (default: your member)' },
  server: serverOption,
};

type Fields = Readonly<Record<string, unknown>>;

export interface ExchangeRequest {
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/**
 * Calls the routes for people (exchange-sharing.md), whose answers are bare JSON. A POST has an Idempotency-Key of its own, so each call
 * may be repeated. Throws FoyerError with all that was refused, NoAnswerError.
 */
export class ExchangeClient {
  readonly #client: FoyerClient;
  readonly #memberId: number | undefined;

  constructor(client: FoyerClient, memberId: number | undefined) {
    this.#client = client;
    this.#memberId = memberId;
  }

  static async of(call: Call): Promise<ExchangeClient> {
    const member = optionId(call, 'member');
    return new ExchangeClient(await loggedInClient(call), member);
  }

  async json<Answer = Fields>(method: string, path: string, request: ExchangeRequest = {}): Promise<Answer> {
    const answer = await this.#send(method, path, request);
    return (await readBody(answer)) as Answer;
  }

  /** Every item of a list, page after page. */
  async *each(path: string, query: ExchangeRequest['query'] = {}): AsyncGenerator<Fields, void, undefined> {
    for (let next: ExchangeRequest['query'] | undefined = query; next !== undefined;) {
      const answer: Response = await this.#send('GET', path, { query: next });
      yield* (await readBody(answer)) as readonly Fields[];
      const link: string | undefined = /<([^>]*)>\s*;\s*rel="?next\b/i.exec(answer.headers.get('link') ?? '')?.[1];
      next = link === undefined ? undefined : Object.fromEntries(new URL(link, this.#client.baseUrl).searchParams);
    }
  }

  async #send(method: string, path: string, { query = {}, body, signal }: ExchangeRequest): Promise<Response> {
    const options = {
      query: { memberId: this.#memberId, ...query },
      ...(body === undefined ? {} : { body }),
      ...(signal === undefined ? {} : { signal }),
      ...(method === 'POST' ? { idempotencyKey: randomUUID() } : {}),
    };
    for (let attempt = 0; ; attempt += 1) {
      let error: FoyerError | NoAnswerError;
      try {
        const answer = await this.#client.send(method, path, options);
        if (answer.ok) return answer;
        error = await refusalOf(answer);
      } catch (thrown) {
        if (!(thrown instanceof NoAnswerError)) throw thrown;
        error = thrown;
      }
      const waitS = attempt < mostRepeats ? secondsToWait(error, attempt) : undefined;
      if (waitS === undefined) throw error;
      await new Promise((resolve) => setTimeout(resolve, waitS * 1000));
    }
  }
}

function secondsToWait(error: FoyerError | NoAnswerError, attempt: number): number | undefined {
  if (error instanceof NoAnswerError) return error.transient ? 0.2 * 2 ** attempt : undefined;
  const passes = (error.status === 429 || error.status === 503) && error.retryAfterS !== null && error.retryAfterS <= longestWaitS;
  return passes ? (error.retryAfterS ?? 0) : undefined;
}

async function readBody(answer: Response): Promise<unknown> {
  const text = await answer.text();
  return text === '' ? {} : (JSON.parse(text) as unknown);
}

/** All problems of a request are in one text, a line each. */
async function refusalOf(answer: Response): Promise<FoyerError> {
  const body = await readBody(answer).catch(() => ({}));
  const { code, message, details } = (typeof body === 'object' && body !== null ? body : {}) as Fields;
  const text = typeof message === 'string' ? message : `HTTP ${answer.status} without a readable body`;
  const retryAfter = answer.headers.get('retry-after');
  return new FoyerError({
    status: answer.status,
    errorId: null,
    errorCode: typeof code === 'string' ? code : null,
    message: [text, ...detailLines(details)].join('\n       '),
    retryAfterS: retryAfter !== null && /^\d+$/.test(retryAfter) ? Number(retryAfter) : null,
  });
}

function detailLines(details: unknown): string[] {
  if (!Array.isArray(details)) return [];
  return (details as readonly Fields[]).map((detail) => {
    const { field, message, ...others } = detail;
    const rest = Object.keys(others).length === 0 ? '' : JSON.stringify(others);
    return [field, message, rest].filter((part) => typeof part === 'string' && part !== '').join(' ');
  });
}
