import { changeContext } from '../../access/acting-member.ts';
import { type AccountOperation, writing } from '../../http/operation.ts';
import { readJsonObject } from '../../http/read-body.ts';
import { importFile, type ImportParts } from '../import-file.ts';
import { readImport } from '../read-import.ts';

/** `POST /import`: members, accounts, advertisers, segments and grants with their ids, all or nothing (platform.md section 11). */
export const importCatalog = (parts: ImportParts, limitBytes: number): AccountOperation => ({
  id: 'importCatalog',
  method: 'POST',
  paths: ['/import'],
  summary: 'Import a catalog with its ids (administrators)',
  access: { ...writing, adminOnly: true },
  bodyLimitBytes: limitBytes,
  async handle(call) {
    const file = readImport(readJsonObject(call.body));
    return { fields: { import: await importFile(parts, changeContext(call, 'importCatalog'), file) }, outputTerm: 'import' };
  },
});
