import { existsSync, readFileSync } from 'node:fs';
import { exitCodes, StartRefused } from '../../kit/start-refused.ts';
import { writeDurably } from '../../storage/files/write-durably.ts';
import { SealedTextDamaged, type SecretBox } from './secret-box.ts';

const purpose = 'key check';
const text = 'foyer';

/**
 * Is this the key that the data directory's secrets are sealed with? The first start leaves a sealed word in `file`, and every later one
 * opens it: another key would otherwise show only when the first endpoint is called.
 * @throws StartRefused
 */
export function checkKey(box: SecretBox, file: string): void {
  if (!existsSync(file)) return writeDurably(file, box.sealText(purpose, text), 0o600);
  try {
    if (box.openText(purpose, readFileSync(file, 'utf8')) === text) return;
  } catch (error) {
    if (!(error instanceof SealedTextDamaged)) throw error;
  }
  throw new StartRefused(
    exitCodes.usage,
    'FOYER_SECRET_KEY is not the key that this data directory was written with; give that one, or unset it where it never was set',
  );
}
