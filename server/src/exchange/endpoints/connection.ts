import type { Static } from 'typebox';
import { type FieldFault, invalidFields } from '../calls/read-exchange-body.ts';
import type { ExchangeParts } from '../exchange-parts.ts';
import { EndpointClient } from '../peer/endpoint-client.ts';
import { checkAuth, type PeerAuth } from '../peer/peer-auth.ts';
import type { connectionSchema } from './definition-schema.ts';
import type { Endpoint } from './endpoint.ts';

type Connection = Static<typeof connectionSchema>;

/** Connection values (exchange.md example E3), each name once. @throws Refusal exchange.invalid */
export function readConnection({ attributes }: Connection, field: string): PeerAuth {
  const faults: FieldFault[] = [];
  const values = new Map<string, string>();
  for (const [at, { name, value }] of attributes.entries()) {
    if (values.has(name)) faults.push({ field: `${field}.${at}.name`, message: 'is there twice' });
    values.set(name, value);
  }
  const given = (name: string): string => {
    const value = values.get(name) ?? '';
    if (value === '') faults.push({ field, message: `must hold ${name}` });
    return value;
  };
  const auth = authOf(values.get('authType'), given);
  if (auth === undefined) faults.push({ field, message: 'must hold authType with the value APIKEY, BASIC or NONE' });
  else if (faults.length === 0) {
    const fault = checkAuth(auth);
    if (fault !== null) faults.push({ field, message: `cannot be sent: ${fault}` });
  }
  if (auth === undefined || faults.length > 0) throw invalidFields(faults);
  return auth;
}

function authOf(type: string | undefined, given: (name: string) => string): PeerAuth | undefined {
  if (type === 'APIKEY') return { type, apiKey: given('apiKey') };
  if (type === 'BASIC') return { type, username: given('username'), password: given('password') };
  return type === 'NONE' ? { type } : undefined;
}

const purposeOf = (endpoint: number): string => `credentials ${endpoint}`;

/** The columns that keep connection values. */
export const sealConnection = ({ secrets }: Pick<ExchangeParts, 'secrets'>, endpoint: number, auth: PeerAuth) =>
  auth.type === 'NONE'
    ? { auth_type: null, credentials: null }
    : { auth_type: auth.type, credentials: secrets.seal(purposeOf(endpoint), JSON.stringify(auth)) };

const openConnection = ({ secrets }: Pick<ExchangeParts, 'secrets'>, { id, credentials }: Endpoint): PeerAuth =>
  credentials === null ? { type: 'NONE' } : (JSON.parse(secrets.open(purposeOf(id), credentials)) as PeerAuth);

/**
 * Calls an endpoint with its own connection values. @param url where it is called: `source.url` or `destination.url`
 * @param retries none where somebody waits for the answer
 */
export function clientOf(
  parts: Pick<ExchangeParts, 'secrets' | 'peers'>,
  endpoint: Endpoint,
  url: string,
  { retries }: { readonly retries?: number } = {},
): EndpointClient {
  const { http, wait } = parts.peers;
  const waits = retries === undefined ? wait : { ...wait, retries };
  return new EndpointClient(http, { url, auth: openConnection(parts, endpoint) }, waits);
}
