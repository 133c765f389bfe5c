import type { Readable } from 'node:stream';

/** So long what nobody wants is still read, so that a sender that is not listening yet comes to read its answer. */
const longestDrainMs = 30_000;

/** Passes over the rest of a body. */
export function drain(body: Readable): void {
  const timer = setTimeout(() => body.destroy(), longestDrainMs);
  timer.unref();
  body.once('close', () => clearTimeout(timer));
  body.resume();
}

/** The content type as it was sent: for the framework all bodies have one type. */
export function sentContentType(stream: unknown): string {
  const { rawHeaders = [] } = stream as { readonly rawHeaders?: readonly string[] };
  for (let at = 0; at < rawHeaders.length; at += 2) if (rawHeaders[at]?.toLowerCase() === 'content-type') return rawHeaders[at + 1] ?? '';
  return '';
}

/** The number in Content-Length; null where there is none that can be read. */
export const sentLength = (header: string | string[] | undefined): number | null =>
  typeof header === 'string' && /^\d{1,15}$/.test(header) ? Number(header) : null;
