import type { SourceColumn } from '../csv/transform-plan.ts';
import type { SourceColumns } from '../shares/mapping.ts';

/** What headers of a job's files may name. */
export const expectedColumns = ({ identifiers, attributes }: SourceColumns): SourceColumn[] => [
  ...identifiers.map(({ name, type }) => ({ name, type, isIdentifier: true })),
  ...attributes.map(({ name, type }) => ({ name, type, isIdentifier: false })),
];
