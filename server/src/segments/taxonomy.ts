import { readFileSync } from 'node:fs';

/**
 * The Unique IDs of the IAB Audience Taxonomy 1.1 (IAB Tech Lab, CC BY 3.0), from the published table beside the sources.
 * Read once at start.
 */
export function loadTaxonomyIds(): ReadonlySet<string> {
  const table = readFileSync(new URL('../../assets/iab-audience-taxonomy-1.1.tsv', import.meta.url), 'utf8');
  const ids = table.split('\n').map((line) => line.split('\t')[1]?.trim() ?? '');
  return new Set(ids.filter((id) => /^\d+$/.test(id)));
}
