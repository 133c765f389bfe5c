import { fold } from '../../kit/fold.ts';
import { csvCell } from './csv-line.ts';
import { readHeader } from './csv-header.ts';
import { digestOf } from './hash-identifier.ts';
import { type AttributeReader, attributeReader } from './read-attribute-cell.ts';
import { type IdentifierReader, identifierReader } from './read-identifier-cell.ts';
import type { RecordReader } from './record-reader.ts';
import type { RejectCode } from './reject-writer.ts';
import type { TransformPlan } from './transform-plan.ts';

/** Why a row is left out. */
export interface RowReject {
  readonly code: RejectCode;
  readonly message: string;
}

/** A mapped column: which of the declared ones, and where the present file has it; -1: nowhere. */
interface MappedColumn {
  readonly name: string;
  readonly declared: number;
  place: number;
}
interface MappedIdentifier extends MappedColumn {
  readonly read: IdentifierReader;
}
interface MappedAttribute extends MappedColumn {
  readonly read: AttributeReader;
  readonly type: string;
  readonly isRequired: boolean;
}

/**
 * Turns source rows into delivered ones, one at a time: identifiers and attributes are checked, brought into the form of the destination
 * and put in its order (exchange.md section 3 rules 4 to 9 and 11; exchange-sharing.md section 6).
 */
export class RowMapper {
  /** The different destination identifiers of the row that was mapped last, before they are hashed. */
  readonly values: string[] = [];
  /** What stands behind the identifier in each of its rows, line break included. */
  rest = '';
  readonly #plan: TransformPlan;
  readonly #identifiers: readonly MappedIdentifier[];
  readonly #attributes: readonly MappedAttribute[];
  #width = 0;

  constructor(plan: TransformPlan) {
    this.#plan = plan;
    const declared = new Map(plan.columns.map(({ name }, index) => [fold(name), index]));
    const columnOf = (name: string): MappedColumn => {
      const index = declared.get(fold(name));
      if (index === undefined) throw new Error(`the column '${name}' is mapped and not declared`);
      return { name, declared: index, place: -1 };
    };
    this.#identifiers = plan.sourceIdentifiers.map(({ name, type }) => {
      const hashed = digestOf(plan.sourceHashAlgorithm, type) !== null;
      return { ...columnOf(name), read: identifierReader(type, hashed, plan.builtIn !== null) };
    });
    this.#attributes = deliveredAttributes(plan).map((mapping) => ({
      ...columnOf(mapping.source.name),
      read: attributeReader(mapping, plan.builtIn),
      type: mapping.source.type,
      isRequired: mapping.destination.isRequired,
    }));
  }

  /** Takes the header of the next file. @throws CsvFault where it is none for this audience */
  begin(header: readonly (string | null)[]): void {
    const places = readHeader(header, this.#plan.columns);
    for (const column of [...this.#identifiers, ...this.#attributes]) column.place = places[column.declared] ?? -1;
    this.#width = header.length;
  }

  /** Null: `values` and `rest` are the row's. @param line how reject files name where the record starts */
  map(record: RecordReader, line: string): RowReject | null {
    if (record.cells !== this.#width)
      return { code: 'CELL_COUNT', message: `The row has ${record.cells} cells, the header ${this.#width}` };
    return this.#readIdentifiers(record) ?? this.#readAttributes(record, line);
  }

  #readIdentifiers(record: RecordReader): RowReject | null {
    const { values } = this;
    values.length = 0;
    let reject: RowReject | null = null;
    for (const { name, place, read } of this.#identifiers) {
      const cell = read(place < 0 ? null : record.text(place));
      if (cell.is === 'value') {
        if (!values.includes(cell.value)) values.push(cell.value);
      } else if (cell.is === 'fault') reject ??= { code: 'INVALID_IDENTIFIER', message: `'${name}' ${cell.text}` };
    }
    // One that is valid suffices; the others are not sent.
    if (values.length > 0) return null;
    return reject ?? { code: 'MISSING_IDENTIFIER', message: 'No mapped identifier has a value' };
  }

  #readAttributes(record: RecordReader, line: string): RowReject | null {
    let rest = '';
    for (const { name, place, read, type, isRequired } of this.#attributes) {
      const text = place < 0 ? null : record.text(place);
      if (isRequired && (text === null || text === '')) return { code: 'MISSING_VALUE', message: `'${name}' is required and empty` };
      const delivered = text === null ? null : read(text);
      if (delivered === undefined) return { code: 'INVALID_VALUE', message: `'${name}' ${this.#faultOf(type)}` };
      rest += `,${csvCell(delivered)}`;
    }
    if (this.#plan.keepOrigins) rest += `,${csvCell(line)},${csvCell(record.raw())}`;
    this.rest = `${rest}\r\n`;
    return null;
  }

  #faultOf(type: string): string {
    return this.#plan.builtIn === null ? `is no ${type}` : `is no ${type}, or out of range`;
  }
}

const deliveredAttributes = (plan: TransformPlan): TransformPlan['attributes'] => (plan.shareAction === 'REMOVE' ? [] : plan.attributes);

/** The header of delivered files: destination names, the identifier first. */
export const deliveredHeader = (plan: TransformPlan): string[] => [
  plan.destinationIdentifier.name,
  ...deliveredAttributes(plan).map(({ destination }) => destination.name),
  ...(plan.keepOrigins ? ['line', 'row'] : []),
];
