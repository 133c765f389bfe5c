/** How an account logs in with a registered key (platform.md section 2). */
export interface KeyCredentials {
  readonly username: string;
  /** The key's name at `/public-key`. */
  readonly keyName: string;
  /** The RSA private key, PEM in PKCS #8 (`-----BEGIN PRIVATE KEY-----`). */
  readonly privateKey: string;
}

const lifetimeS = 300;
const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };

/** A token for `POST /v2/auth/jwt`: RS256, `kid` the key's name, `sub` the user name, good for five minutes. Throws where the key cannot be read. */
export async function signJwt(credentials: KeyCredentials, nowMs: number): Promise<string> {
  const iat = Math.floor(nowMs / 1000);
  const header = { alg: 'RS256', typ: 'JWT', kid: credentials.keyName };
  const claims = { sub: credentials.username, iat, exp: iat + lifetimeS };
  const signed = `${base64Url(utf8(JSON.stringify(header)))}.${base64Url(utf8(JSON.stringify(claims)))}`;
  const key = await readPrivateKey(credentials.privateKey);
  const signature = await crypto.subtle.sign(algorithm.name, key, utf8(signed));
  return `${signed}.${base64Url(new Uint8Array(signature))}`;
}

type PrivateKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

async function readPrivateKey(pem: string): Promise<PrivateKey> {
  const base64 = /-----BEGIN PRIVATE KEY-----([\sA-Za-z0-9+/=]+)-----END PRIVATE KEY-----/.exec(pem)?.[1];
  if (base64 === undefined) {
    throw new Error('the private key is not PEM in PKCS #8; "openssl pkcs8 -topk8 -nocrypt -in KEY" makes one of an RSA key');
  }
  try {
    const bytes = Uint8Array.from(atob(base64.replaceAll(/\s/g, '')), (character) => character.charCodeAt(0));
    return await crypto.subtle.importKey('pkcs8', bytes, algorithm, false, ['sign']);
  } catch (error) {
    throw new Error('the private key cannot be read as an RSA key', { cause: error });
  }
}

const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

const base64Url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
