/** What tests of the exchange do again and again: endpoints that are ready, calls with keys. */
import { call, type Answer, type Json } from './api.ts';
import type { AccountName, PlatformServer } from './platform-server.ts';

export interface ReadyEndpoint {
  readonly id: number;
  readonly key: string;
}

/** A body of `PUT /v1/endpoint`. */
export const definitionOf = (name: string, segment: object, more: object = {}) => ({
  name,
  providerName: 'Example Co',
  endpointTypes: { segment },
  marketingDatabasesDefinition: {
    marketingDatabases: [
      {
        name: 'people',
        identifiers: [{ name: 'email', type: 'email' }],
        attributes: [{ name: 'tier', type: 'string', isRequired: true }],
      },
    ],
  },
  ...more,
});

export const pushSource = { source: { enabled: true, sourceType: 'push' } };
export const pullSource = (url: string) => ({ source: { enabled: true, sourceType: 'pull', url } });
export const pullDestination = { destination: { enabled: true, destinationType: 'pull', shareActions: ['ADD', 'REPLACE', 'REMOVE'] } };
export const pushDestination = (url: string) => ({
  destination: { enabled: true, destinationType: 'push', url, shareActions: ['ADD', 'REPLACE'] },
});

type Request = `${'GET' | 'POST' | 'PUT' | 'DELETE'} /${string}`;

export class ExchangeClient {
  readonly platform: PlatformServer;

  constructor(platform: PlatformServer) {
    this.platform = platform;
  }

  /** With an account's token; null sends none. */
  as(account: AccountName | null, request: Request, json?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.#send(account === null ? undefined : this.platform.tokens[account], request, json, headers);
  }

  withKey(key: string, request: Request, json?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.#send(`Bearer ${key}`, request, json, headers);
  }

  /** Sends CSV instead of JSON; null: without a token. */
  csv(token: string | null, request: Request, body: string): Promise<Answer> {
    const [method = '', path = ''] = request.split(/ (.*)/s);
    const headers = { 'content-type': 'text/csv; charset=utf-8' };
    return call(this.platform.url, path, { method, headers, body, ...(token === null ? {} : { token }) });
  }

  #send(token: string | undefined, request: Request, json: unknown, headers: Readonly<Record<string, string>>): Promise<Answer> {
    const [method = '', path = ''] = request.split(/ (.*)/s);
    return call(this.platform.url, path, {
      method,
      headers,
      ...(token === undefined ? {} : { token }),
      ...(json === undefined ? {} : { json }),
    });
  }

  /** A Pending endpoint. */
  async registered(name = 'An endpoint', account: AccountName = 'provider', more: object = {}): Promise<ReadyEndpoint> {
    const answer = await this.as(account, 'POST /v1/endpoint-registrations', { name, ...more });
    return { id: Number(field(answer, 'endpointId')), key: String(field(answer, 'key')) };
  }

  /** An Active one. */
  async ready(segment: object, name = 'An endpoint', account: AccountName = 'provider', more: object = {}): Promise<ReadyEndpoint> {
    const endpoint = await this.registered(name, account);
    field(await this.withKey(endpoint.key, 'PUT /v1/endpoint', definitionOf(name, segment, more)), 'endpointId');
    return endpoint;
  }

  async read(endpoint: number, account: AccountName = 'provider'): Promise<Readonly<Record<string, Json>>> {
    return (await this.as(account, `GET /v1/endpoints/${endpoint}`)).json as Record<string, Json>;
  }
}

/** A member of an answer that must be there. */
export function field(answer: Answer, name: string): Json {
  const value = (answer.json as Record<string, Json> | undefined)?.[name];
  if (answer.status >= 300 || value === undefined) throw new Error(`${answer.status} ${answer.text}`);
  return value;
}

/** What an answer refuses: status and code, and the fields that `details` names. */
export function refused(answer: Answer): readonly unknown[] {
  const { code, details = [] } = (answer.json ?? {}) as { code?: string; details?: { field: string }[] };
  return [answer.status, code, ...details.map((detail) => detail.field)];
}
