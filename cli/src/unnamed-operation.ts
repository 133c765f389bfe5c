import type { CallOptions, Query } from '@foyer/sdk/call-options.ts';
import type { FoyerClient } from '@foyer/sdk/client.ts';
import { readPages } from '@foyer/sdk/read-pages.ts';

/** A route that the sdk has no method of, because the server that it was made from had none. */
export interface Route {
  readonly path: string;
  /** The keys of one object and of several. */
  readonly one: string;
  readonly many: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** Every object of the route's list. */
export function eachAt(client: FoyerClient, path: string, many: string, query: Query): AsyncIterable<object> {
  return readPages<object>(async (page) => {
    const answer = await client.request<Fields>('GET', path, { query: page as Query });
    return (answer[many] ?? []) as readonly object[];
  }, query);
}

/** What a change of one object answers, and the object in it. */
export async function changeAt(
  client: FoyerClient,
  method: 'POST' | 'PUT',
  { path, one }: Route,
  fields: Fields,
  options: CallOptions & { readonly query?: Query } = {},
): Promise<{ answer: Fields; object: Fields }> {
  const answer = await client.request<Fields>(method, path, { ...options, body: { [one]: fields } });
  const object = answer[one];
  return { answer, object: typeof object === 'object' && object !== null ? (object as Fields) : { id: answer['id'] } };
}
