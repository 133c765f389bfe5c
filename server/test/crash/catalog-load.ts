import { call, NoAnswer, pick } from '../api.ts';
import type { Json } from '../api.ts';
import { buyerMembers } from '../small-import.ts';

/** A name that holds, and one that a call in flight may have set; `null` stands for deleted. */
interface Expected {
  name: string | null;
  maybe?: string | null;
}

/** Catalog changes one after the other while the instant load runs: segments are made, renamed, deleted and shared. */
export class CatalogLoad {
  readonly #segments = new Map<number, Expected>();
  readonly #shared = new Map<number, 'sent' | 'acknowledged'>();
  #record = 0;
  #made = 0;
  acknowledged = 0;
  readonly refused: string[] = [];
  #stopped = false;

  /** Runs until `stop` or the server is gone. */
  async run(base: string, token: string): Promise<void> {
    this.#stopped = false;
    while (!this.#stopped) {
      try {
        await this.#step(base, token);
      } catch (error) {
        if (error instanceof NoAnswer) return;
        this.refused.push(error instanceof Error ? error.message : String(error));
        return;
      }
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  async #step(base: string, token: string): Promise<void> {
    const send = async (method: string, path: string, json?: unknown): Promise<Json | undefined> => {
      const answer = await call(base, path, { method, token, ...(json === undefined ? {} : { json }) });
      if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${answer.text.slice(0, 300)}`);
      this.acknowledged += 1;
      return answer.json;
    };
    const name = `Crash ${++this.#made}`;
    const id = Number(pick(await send('POST', '/segment', { segment: { short_name: name } }), 'response.id'));
    this.#segments.set(id, { name });
    if (this.#made % 3 === 0)
      await this.#change(id, `${name} renamed`, () => send('PUT', `/segment?id=${id}`, { segment: { short_name: `${name} renamed` } }));
    if (this.#made % 4 === 0) await this.#change(id, null, () => send('DELETE', `/segment?id=${id}`));
    else if (this.#made % 2 === 0) await this.#share(id, send);
  }

  async #change(id: number, name: string | null, send: () => Promise<unknown>): Promise<void> {
    const segment = this.#segments.get(id);
    if (!segment) return;
    segment.maybe = name;
    await send();
    delete segment.maybe;
    segment.name = name;
  }

  async #share(id: number, send: (method: string, path: string, json: unknown) => Promise<Json | undefined>): Promise<void> {
    this.#shared.set(id, 'sent');
    const segments = [{ id }];
    if (this.#record === 0) {
      const record = { buyer_member_id: buyerMembers[0], segment_exposure: 'list', segments };
      const answer = await send('POST', '/member-data-sharing', { member_data_sharing: record });
      this.#record = Number(pick(answer, 'response.id'));
    } else {
      await send('PUT', `/member-data-sharing?id=${this.#record}&append=true`, { member_data_sharing: { segments } });
    }
    this.#shared.set(id, 'acknowledged');
  }

  /** Compares everything acknowledged with what the server answers. */
  async compare(base: string, token: string): Promise<{ readonly checked: number; readonly wrong: readonly string[] }> {
    const names = await readNames(base, token, [...this.#segments.keys()]);
    const wrong: string[] = [];
    for (const [id, expected] of this.#segments) {
      const got = names.get(id) ?? null;
      const possible = got === expected.name || ('maybe' in expected && got === expected.maybe);
      if (!possible) wrong.push(`segment ${id}: acknowledged ${expected.name ?? 'deleted'}, found ${got ?? 'none'}`);
      this.#segments.set(id, { name: got });
    }
    const shared = await this.#readShared(base, token);
    for (const [id, state] of this.#shared) {
      if (state === 'acknowledged' && !shared.has(id)) wrong.push(`segment ${id}: its sharing was acknowledged and is not there`);
      this.#shared.set(id, shared.has(id) ? 'acknowledged' : 'sent');
    }
    return { checked: this.#segments.size + this.#shared.size, wrong };
  }

  /** Takes the record over too where its creation was in flight at the kill. */
  async #readShared(base: string, token: string): Promise<ReadonlySet<number>> {
    const answer = await call(base, `/member-data-sharing?buyer_member_id=${buyerMembers[0]}`, { token });
    if (answer.status !== 200) throw new Error(`GET /member-data-sharing: ${answer.status} ${answer.text}`);
    const id = pick(answer.json, 'response.member_data_sharings.0.id');
    if (id !== undefined) this.#record = Number(id);
    const segments = pick(answer.json, 'response.member_data_sharings.0.segments');
    return new Set(Array.isArray(segments) ? segments.map((segment) => Number(pick(segment as Json, 'id'))) : []);
  }
}

async function readNames(base: string, token: string, ids: readonly number[]): Promise<ReadonlyMap<number, string>> {
  const names = new Map<number, string>();
  for (let at = 0; at < ids.length; at += 100) {
    // Two ids at least, so that the answer is the plural one.
    const page = [...ids.slice(at, at + 100), 0].join(',');
    const answer = await call(base, `/segment?id=${page}`, { token });
    if (answer.status !== 200) throw new Error(`GET /segment?id=…: ${answer.status} ${answer.text}`);
    const segments = pick(answer.json, 'response.segments');
    for (const segment of Array.isArray(segments) ? (segments as readonly Json[]) : []) {
      names.set(Number(pick(segment, 'id')), String(pick(segment, 'short_name')));
    }
  }
  return names;
}
