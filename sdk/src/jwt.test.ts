import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { expect, it } from 'vitest';
import { signJwt } from './jwt.ts';

const { publicKey, privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const nowMs = Date.UTC(2026, 0, 15, 12, 0, 0, 999);
const decoded = (part: string | undefined): unknown => JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8'));

it('is signed with RS256, names key and account, and is good for five minutes', async () => {
  const [header, claims, signature] = (await signJwt({ username: 'Zoë', keyName: 'laptop', privateKey }, nowMs)).split('.');
  expect(decoded(header)).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'laptop' });
  const iat = nowMs / 1000 - 0.999;
  expect(decoded(claims)).toEqual({ sub: 'Zoë', iat, exp: iat + 300 });
  const signed = Buffer.from(`${header}.${claims}`);
  expect(verify('RSA-SHA256', signed, createPublicKey(publicKey), Buffer.from(signature ?? '', 'base64url'))).toBe(true);
});

it('is refused for a key that is none, without showing it', async () => {
  const broken = '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----';
  await expect(signJwt({ username: 'a', keyName: 'k', privateKey: broken }, nowMs)).rejects.toThrow('cannot be read as an RSA key');
  const older = '-----BEGIN RSA PRIVATE KEY-----\nsecret\n-----END RSA PRIVATE KEY-----';
  const failure = await signJwt({ username: 'a', keyName: 'k', privateKey: older }, nowMs).catch((error: unknown) => String(error));
  expect(failure).toContain('openssl pkcs8');
  expect(failure).not.toContain('secret');
});
