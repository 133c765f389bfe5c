import { FoyerError } from './foyer-error.ts';
import { NoAnswerError } from './no-answer-error.ts';
import type {
  Account,
  Backup,
  ImportResult,
  InstantAnswer,
  InstantLimits,
  InstantUser,
  Listed,
  LookUpQuery,
  Member,
  NewAccount,
  NewMember,
  NewSegment,
  NewSharingRecord,
  Segment,
  SegmentStats,
  SharingRecord,
  UserLookup,
} from './wire.ts';

export type Query = Record<string, string | number | boolean | undefined>;

export interface FoyerClientOptions {
  /** `http://host:port`, with or without a path before the routes. */
  baseUrl: string;
  /** Goes bare into Authorization. */
  token?: string | undefined;
  /** Milliseconds until a call without an answer is given up. Default: two minutes. */
  timeoutMs?: number;
}

export interface RequestOptions {
  query?: Query;
  /** A string or bytes go as they are, anything else as JSON. */
  body?: unknown;
  signal?: AbortSignal;
  timeoutMs?: number;
}

const defaultTimeoutMs = 120_000;

/** A thin client: one method per operation, named by its id. It keeps no state but the address and the token. */
export class FoyerClient {
  readonly baseUrl: string;
  readonly #token: string | undefined;
  readonly #timeoutMs: number;

  constructor(options: FoyerClientOptions) {
    this.baseUrl = options.baseUrl.replace(/\/+$/, '');
    this.#token = options.token;
    this.#timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  }

  /** The same server, called by somebody else. */
  withToken(token: string): FoyerClient {
    return new FoyerClient({ baseUrl: this.baseUrl, token, timeoutMs: this.#timeoutMs });
  }

  /** The bare HTTP answer, whatever its status. Throws NoAnswerError where none came. */
  async send(method: string, path: string, options: RequestOptions = {}): Promise<Response> {
    const url = this.baseUrl + path + queryText(options.query);
    const headers: Record<string, string> = { accept: 'application/json' };
    if (this.#token !== undefined) headers['authorization'] = this.#token;
    const timeout = AbortSignal.timeout(options.timeoutMs ?? this.#timeoutMs);
    const init: RequestInit = {
      method,
      headers,
      redirect: 'manual',
      signal: options.signal === undefined ? timeout : AbortSignal.any([timeout, options.signal]),
    };
    if (options.body !== undefined) {
      headers['content-type'] = 'application/json';
      init.body = bodyBytes(options.body);
    }
    try {
      return await fetch(url, init);
    } catch (error) {
      if (options.signal?.aborted === true) throw error;
      throw new NoAnswerError(this.baseUrl, error);
    }
  }

  /**
   * The parsed `response` of a call. The type is what the caller expects of the protocol; it is not checked here.
   * Throws FoyerError where the server refuses.
   */
  async request<Answer>(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
    const answer = await this.send(method, path, options);
    let text: string;
    try {
      text = await answer.text();
    } catch (error) {
      if (options.signal?.aborted === true) throw error;
      throw new NoAnswerError(this.baseUrl, error);
    }
    const parsed = parseObject(text);
    // An instant call without a valid entry is answered bare (ingest.md 3.1).
    const body = asObject(parsed?.['response']) ?? parsed;
    if (!answer.ok || body === undefined || body['status'] === 'error') throw errorOf(answer, body);
    return body as Answer;
  }

  async logIn(username: string, password: string): Promise<string> {
    const body = { auth: { username, password } };
    return (await this.request<{ token: string }>('POST', '/auth', { body })).token;
  }

  async createMember(member: NewMember): Promise<number> {
    return numericId(await this.request<WithId>('POST', '/member', { body: { member } }));
  }

  async listMembers(query: Query = {}): Promise<Listed & { members: Member[] }> {
    return await this.request('GET', '/member', { query });
  }

  async createAccount(user: NewAccount): Promise<number> {
    return numericId(await this.request<WithId>('POST', '/user', { body: { user } }));
  }

  async listAccounts(query: Query = {}): Promise<Listed & { users?: Account[]; user?: Account }> {
    return await this.request('GET', '/user', { query });
  }

  async changeAccount(id: number, user: { password: string }): Promise<void> {
    await this.request('PUT', '/user', { query: { id }, body: { user } });
  }

  /** All or nothing. The answer is keyed by id. */
  async createSegments(segments: NewSegment[]): Promise<Segment[]> {
    const answer = await this.request<{ segments: Record<string, Segment> }>('POST', '/segment', { body: { segments } });
    return Object.values(answer.segments);
  }

  async listSegments(query: Query = {}): Promise<Listed & { segments: Segment[] }> {
    return await this.request('GET', '/segment', { query });
  }

  async deleteSegments(ids: number[], query: Query = {}): Promise<number> {
    return (await this.request<Listed>('DELETE', '/segment', { query: { ...query, id: ids.join(',') } })).count;
  }

  /** By the buyer: from now on the provider may share with it. A repeat changes nothing. */
  async enableDataProvider(dataProviderMemberId: number): Promise<void> {
    const body = { 'data-buyer-provider': { data_provider_member_id: dataProviderMemberId, active: true } };
    await this.request('POST', '/data-buyer-provider', { body });
  }

  /** By the owner of the segments. */
  async shareSegments(record: NewSharingRecord): Promise<number> {
    const body = { member_data_sharing: record };
    return numericId(await this.request<WithId>('POST', '/member-data-sharing', { body }));
  }

  async listSharingRecords(query: Query = {}): Promise<Listed & { member_data_sharings: SharingRecord[] }> {
    return await this.request('GET', '/member-data-sharing', { query });
  }

  async deleteSharingRecord(id: number, query: Query = {}): Promise<void> {
    await this.request('DELETE', '/member-data-sharing', { query: { ...query, id } });
  }

  async changeInstantLimits(memberId: number, limits: InstantLimits): Promise<void> {
    const body = { batch_segment_upload_config: limits };
    await this.request('PUT', '/batch-segment-config', { query: { member_id: memberId }, body });
  }

  /** The instant call. `body` is `{"rt_segment":[…]}`, already written where its size matters. */
  async addUsers(body: { rt_segment: InstantUser[] } | string, options: RequestOptions = {}): Promise<InstantAnswer> {
    return await this.request('POST', '/rt-segment', { ...options, body });
  }

  async lookUpUser(query: LookUpQuery): Promise<UserLookup> {
    const { user, memberships } = await this.request<UserLookup>('GET', '/user-segments', { query: { ...query } });
    return { user, memberships };
  }

  async segmentStats(ids: number[]): Promise<SegmentStats[]> {
    const query = { id: ids.join(',') };
    return (await this.request<{ segment_stats: SegmentStats[] }>('GET', '/segment-stats', { query })).segment_stats;
  }

  /** `file`: the bytes of an import file (platform.md section 11). */
  async importObjects(file: Uint8Array, options: RequestOptions = {}): Promise<ImportResult> {
    return (await this.request<{ import: ImportResult }>('POST', '/import', { ...options, body: file })).import;
  }

  /** `directory`: an absolute path on the server's machine, not there yet or empty. For the operator. */
  async createBackup(directory: string, options: RequestOptions = {}): Promise<Backup> {
    return (await this.request<{ backup: Backup }>('POST', '/backup', { ...options, body: { backup: { directory } } })).backup;
  }
}

interface WithId {
  id: number | string;
}

/** The protocol answers an id as a number or as a string, by call. */
const numericId = (answer: WithId): number => Number(answer.id);

function queryText(query: Query | undefined): string {
  const pairs = Object.entries(query ?? {}).filter(([, value]) => value !== undefined);
  if (pairs.length === 0) return '';
  return '?' + pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`).join('&');
}

function bodyBytes(body: unknown): string | Uint8Array<ArrayBuffer> {
  if (typeof body === 'string') return body;
  if (body instanceof Uint8Array) return body as Uint8Array<ArrayBuffer>;
  return JSON.stringify(body);
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function asObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}

function errorOf(answer: Response, body: Record<string, unknown> | undefined): FoyerError {
  const text = (name: string): string | null => {
    const value = body?.[name];
    return typeof value === 'string' ? value : null;
  };
  const retryAfter = answer.headers.get('retry-after');
  return new FoyerError({
    status: answer.status,
    errorId: text('error_id'),
    errorCode: text('error_code'),
    message: text('error') ?? `HTTP ${answer.status} without a readable body`,
    retryAfterS: retryAfter !== null && /^\d+$/.test(retryAfter) ? Number(retryAfter) : null,
  });
}
