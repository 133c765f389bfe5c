import { createPublicKey, type KeyObject } from 'node:crypto';
import { refusal } from '../kit/refusal.ts';
import { accessErrors } from './access-errors.ts';

/** Nothing but one public key: Node would take a private key or a certificate too and derive the public one. */
const pemPublicKey = /^\s*-----BEGIN PUBLIC KEY-----[A-Za-z0-9+/=\s]+-----END PUBLIC KEY-----\s*$/;
const leastBits = 2048;

/**
 * Reads a registered key: PEM (SPKI), RSA of at least 2048 bits (Token-Based API Authentication; platform.md section 2).
 * An exponent below 3 or an even one is no RSA key: with 1, everybody could sign.
 * @throws Refusal access.keyUnfit
 */
export function readPublicKey(pem: string): KeyObject {
  const key = pemPublicKey.test(pem) ? parsed(pem) : undefined;
  const { modulusLength = 0, publicExponent = 0n } = key?.asymmetricKeyDetails ?? {};
  const fit = key?.asymmetricKeyType === 'rsa' && modulusLength >= leastBits && publicExponent >= 3n && publicExponent % 2n === 1n;
  if (!key || !fit) throw refusal(accessErrors.keyUnfit);
  return key;
}

function parsed(pem: string): KeyObject | undefined {
  try {
    return createPublicKey({ key: pem, format: 'pem' });
  } catch {
    return undefined;
  }
}
