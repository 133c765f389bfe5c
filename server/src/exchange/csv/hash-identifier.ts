import { hash } from 'node:crypto';
import type { HashAlgorithm } from './transform-plan.ts';

export type Digest = 'md5' | 'sha1' | 'sha256';

const phoneTypes = new Set(['phone', 'sms']);

/** By which digest an endpoint's identifiers of that type are hashed; null: not at all (exchange-sharing.md section 6). */
export function digestOf(algorithm: HashAlgorithm, identifierType: string): Digest | null {
  switch (algorithm) {
    case 'NONE':
      return null;
    case 'MD5':
      return 'md5';
    case 'SHA1':
      return 'sha1';
    case 'SHA256':
      return 'sha256';
    case 'EMAIL_SHA256':
      return identifierType === 'email' ? 'sha256' : null;
    case 'PHONE_SHA256':
      return phoneTypes.has(identifierType) ? 'sha256' : null;
  }
}

/** Lower-case hex of the value's UTF-8 (exchange.md section 3 rule 12). */
export const hashedIdentifier = (digest: Digest, value: string): string => hash(digest, value, 'hex');
