import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ProxyView } from '../../../access/proxy-view.ts';
import type { RequestFacts } from '../../../http/caller.ts';

/** Where files are uploaded to. */
export const uploadPath = '/segment-upload';

/**
 * The URLs of uploads. The URL is the permission, so it holds what nobody can guess: a MAC of the job under a key of the server's.
 * Nothing of it is kept, and a job that is asked for again by its Idempotency-Key gets the same URL.
 */
export class UploadUrls {
  readonly #key: Uint8Array;
  readonly #publicUrl: string;
  readonly #proxy: ProxyView;

  constructor(key: Uint8Array, publicUrl: string, proxy: ProxyView) {
    this.#key = key;
    this.#publicUrl = publicUrl.replace(/\/+$/, '');
    this.#proxy = proxy;
  }

  /** Absolute: on `FOYER_PUBLIC_URL` or the request's host (platform.md section 2). */
  of(jobId: string, facts: RequestFacts): string {
    const { host, publicUrl } = { host: this.#proxy.host(facts), publicUrl: this.#publicUrl };
    const base = publicUrl === '' ? `${this.#proxy.overHttps(facts) ? 'https' : 'http'}://${host}` : publicUrl;
    return `${base}${uploadPath}/${jobId}/${this.#secretOf(jobId).toString('base64url')}`;
  }

  isRight(jobId: string, secret: string): boolean {
    const sent = Buffer.from(secret, 'base64url');
    const right = this.#secretOf(jobId);
    return sent.length === right.length && timingSafeEqual(sent, right);
  }

  #secretOf(jobId: string): Buffer {
    return createHmac('sha256', this.#key).update(`upload ${jobId}`).digest();
  }
}
