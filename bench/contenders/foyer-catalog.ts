/** What a Foyer under load is set up with: a data provider, its segments, its account, and limits that no run reaches. */
import { segmentIds } from '../data/audience.ts';

export const provider = 500;
export const account = { username: 'bench', password: 'Bench-Pass-12' };
/** High enough never to refuse, and still a limit that every call is held against. */
const raisedLimit = 1_000_000_000;

const importFile = (): string =>
  JSON.stringify({
    members: [{ id: provider, name: 'Bench provider', kind: 'data_provider' }],
    users: [{ id: 900, member_id: provider, role: 'member', logins_per_5_minutes: raisedLimit, ...account }],
    advertisers: [],
    segments: segmentIds.map((id) => ({ id, member_id: provider, code: `bench_${id}`, short_name: `Bench ${id}` })),
    enabled_data_providers: [],
    member_segment_access: [],
    data_categories: [],
  });

/** Sets a fresh server up. Answers the token of the provider's account. */
export async function setUpCatalog(url: string, operatorToken: string): Promise<string> {
  await call(`${url}/import`, 'POST', operatorToken, importFile());
  const limits = {
    instant_posts_per_second: raisedLimit,
    instant_reads_per_second: raisedLimit,
    instant_users_per_second: raisedLimit,
  };
  await call(
    `${url}/batch-segment-config?member_id=${provider}`,
    'PUT',
    operatorToken,
    JSON.stringify({ batch_segment_upload_config: limits }),
  );
  const login = (await call(`${url}/auth`, 'POST', undefined, JSON.stringify({ auth: account }))) as { response?: { token?: string } };
  const token = login.response?.token;
  if (token === undefined) throw new Error('the login answered no token');
  return token;
}

/** A call outside the measured time; throws where it is not answered with 200. */
export async function call(url: string, method: string, token: string | undefined, body?: string): Promise<unknown> {
  const headers = { 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: token }) };
  const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${method} ${url.replace(/\?.*/, '')}: ${response.status} ${text.slice(0, 400)}`);
  return JSON.parse(text);
}
