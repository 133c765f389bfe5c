import {
  type ColumnDefinitionNode,
  DataTypeNode,
  type DatabaseIntrospector,
  type Dialect,
  type DialectAdapter,
  type Driver,
  type Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryCompiler,
  RawNode,
} from 'kysely';
import { OneWriterDriver } from './one-writer-driver.ts';
import type { PostgresPlace } from './postgres-connection.ts';
import { PostgresReader } from './postgres-reader.ts';
import type { PostgresWriter } from './postgres-writer.ts';

/** Kysely over PostgreSQL: the given connection writes, a pool reads. The writer is closed with it. */
export class PostgresCatalogDialect implements Dialect {
  readonly #place: PostgresPlace;
  readonly #writer: PostgresWriter;
  constructor(place: PostgresPlace, writer: PostgresWriter) {
    this.#place = place;
    this.#writer = writer;
  }
  createDriver(): Driver {
    const writer = this.#writer;
    return new OneWriterDriver(async () => {
      const reader = new PostgresReader(this.#place);
      const close = async (): Promise<void> => {
        await reader.close();
        await writer.close();
      };
      return { writer, reader, close };
    });
  }
  createQueryCompiler(): QueryCompiler {
    return new BytewiseTextCompiler();
  }
  createAdapter(): DialectAdapter {
    return new OwnedCatalogAdapter();
  }
  createIntrospector(database: Kysely<unknown>): DatabaseIntrospector {
    return new PostgresIntrospector(database);
  }
}

/** Text is compared and ordered by its bytes, as SQLite does, whatever the locale of the database. */
class BytewiseTextCompiler extends PostgresQueryCompiler {
  protected override visitColumnDefinition(node: ColumnDefinitionNode): void {
    const isText = DataTypeNode.is(node.dataType) && node.dataType.dataType === 'text';
    super.visitColumnDefinition(isText ? { ...node, dataType: RawNode.createWithSql('text collate "C"') } : node);
  }
}

/** Whoever migrates is the owner of the catalog: no lock is needed besides. */
class OwnedCatalogAdapter extends PostgresAdapter {
  override async acquireMigrationLock(): Promise<void> {}
  override async releaseMigrationLock(): Promise<void> {}
}
