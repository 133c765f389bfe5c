import type { CatalogTables, CatalogTransaction, Touched } from './catalog-schema.ts';

/** Who changes the catalog, and by which operation. Nulls for the server itself. */
export interface ChangeContext {
  /** The operation's one name: route, file, SDK method, audit event. */
  readonly operation: string;
  readonly requestId: string | null;
  readonly accountId: number | null;
  readonly username: string | null;
  readonly accountMemberId: number | null;
}

/** The context of what the server does by itself. */
export const byServer = (operation: string): ChangeContext => ({
  operation,
  requestId: null,
  accountId: null,
  username: null,
  accountMemberId: null,
});

/** One changed object, for the audit trail (additions.md section 1). */
export interface AuditEntry {
  readonly objectType: string;
  readonly objectId: number | string;
  /** Whose object. */
  readonly memberId: number;
  /** The object before and after; null before a creation and after a deletion. Only what differs is kept. */
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
}

type IdName =
  | 'member'
  | 'account'
  | 'public_key'
  | 'advertiser'
  | 'segment'
  | 'sharing_record'
  | 'data_buyer_provider'
  | 'batch_segment_config'
  | 'batch_segment_job'
  | 'data_category'
  | 'sync_host'
  | 'segment_access_request'
  | 'notice'
  | 'audit_event'
  | 'task'
  | 'minted_id'
  | 'application'
  | 'application_review'
  | 'endpoint'
  | 'share'
  | 'share_job';

/** One transaction on the catalog: the queries, the audit entries, and what it touched. */
export class CatalogChange {
  readonly db: CatalogTransaction;
  readonly context: ChangeContext;
  /** The change's own time, the same for all rows. */
  readonly nowMs: number;
  readonly #entries: AuditEntry[] = [];
  readonly #touched = new Map<keyof CatalogTables, Set<number> | null>();

  constructor(db: CatalogTransaction, context: ChangeContext, nowMs: number) {
    this.db = db;
    this.context = context;
    this.nowMs = nowMs;
  }

  get touched(): Touched {
    return this.#touched;
  }

  /** The catalog view reads these rows again after the commit; without an id the whole table. */
  touch(table: keyof CatalogTables, id?: number): void {
    const known = this.#touched.get(table);
    if (id === undefined) this.#touched.set(table, null);
    else if (known === undefined) this.#touched.set(table, new Set([id]));
    else known?.add(id);
  }

  /** Notes an object's change. Nothing is noted where before and after agree. */
  record(entry: AuditEntry): void {
    const changed = onlyChanged(entry.before, entry.after);
    if (changed) this.#entries.push({ ...entry, ...changed });
  }

  /** Hands out `count` ascending ids that were never used, the first of them. */
  async newIds(name: IdName, count = 1): Promise<number> {
    const row = await this.db
      .insertInto('id_sequence')
      .values({ name, next_id: 1 + count })
      .onConflict((conflict) => conflict.column('name').doUpdateSet((eb) => ({ next_id: eb('id_sequence.next_id', '+', count) })))
      .returning('next_id')
      .executeTakeFirstOrThrow();
    return Number(row.next_id) - count;
  }

  /** Ids up to here came from outside (an import): new ones start behind. */
  async reserveIds(name: IdName, highest: number): Promise<void> {
    await this.db
      .insertInto('id_sequence')
      .values({ name, next_id: highest + 1 })
      .onConflict((conflict) =>
        conflict
          .column('name')
          .doUpdateSet({ next_id: highest + 1 })
          .where('id_sequence.next_id', '<=', highest),
      )
      .execute();
  }

  /** Called once by the catalog, inside the transaction. */
  async writeEvents(): Promise<void> {
    if (this.#entries.length === 0) return;
    const { operation, requestId, accountId, username, accountMemberId } = this.context;
    const firstId = await this.newIds('audit_event', this.#entries.length);
    const rows = this.#entries.map((entry, index) => ({
      id: firstId + index,
      created_on: this.nowMs,
      request_id: requestId,
      account_id: accountId,
      username,
      account_member_id: accountMemberId,
      member_id: entry.memberId,
      operation,
      object_type: entry.objectType,
      object_id: String(entry.objectId),
      before: entry.before && JSON.stringify(entry.before),
      after: entry.after && JSON.stringify(entry.after),
    }));
    for (let at = 0; at < rows.length; at += 100)
      await this.db
        .insertInto('audit_event')
        .values(rows.slice(at, at + 100))
        .execute();
  }
}

/** Fields that may never be read back from the audit trail. */
const secretFields: ReadonlySet<string> = new Set(['password', 'password_hash', 'token', 'token_hash', 'encoded_value', 'credentials']);
/** Fields that say nothing of what was changed. */
const silentFields: ReadonlySet<string> = new Set(['last_modified', 'created_on']);

function onlyChanged(before: AuditEntry['before'], after: AuditEntry['after']): Pick<AuditEntry, 'before' | 'after'> | undefined {
  const shown = (field: string, value: unknown): unknown => (secretFields.has(field) ? '***' : value);
  const show = (object: Readonly<Record<string, unknown>>, fields: readonly string[]) =>
    Object.fromEntries(fields.map((field) => [field, shown(field, object[field] ?? null)]));
  if (!before && !after) return undefined;
  const fields = Object.keys({ ...before, ...after }).filter((field) => !field.endsWith('_folded') && !silentFields.has(field));
  if (!before || !after) return { before: before && show(before, fields), after: after && show(after, fields) };
  const changed = fields.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));
  return changed.length === 0 ? undefined : { before: show(before, changed), after: show(after, changed) };
}
