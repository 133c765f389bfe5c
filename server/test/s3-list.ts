/** `GET /BUCKET?list-type=2`: a page of names, as Amazon S3 gives it. */

export interface StoredObject {
  readonly body: Buffer;
  readonly etag: string;
  readonly modifiedMs: number;
}

const mostOnPage = 1000;

/** Letters and digits as they are, a space as +, the rest in hexadecimal. */
const urlEncoded = (text: string): string => encodeURIComponent(text).replaceAll('%20', '+').replaceAll('%2F', '/');
const xmlEscaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** In the order of their bytes; what has the delimiter behind the prefix is rolled up, and counts as one. */
export function listPage(bucket: string, objects: ReadonlyMap<string, StoredObject>, query: URLSearchParams): string {
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const token = query.get('continuation-token');
  const after = token === null ? '' : Buffer.from(token, 'base64url').toString();
  const most = Math.min(mostOnPage, Number(query.get('max-keys') ?? mostOnPage));
  const show = query.get('encoding-type') === 'url' ? urlEncoded : xmlEscaped;
  const found = [...objects].filter(([key]) => key.startsWith(prefix)).toSorted(([a], [b]) => byBytes(a, b));
  const parts: string[] = [];
  let last = '';
  let truncated = false;
  for (const [key, object] of found) {
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const shown = end < 0 ? key : key.slice(0, end + delimiter.length);
    if (shown === last || (token !== null && byBytes(shown, after) <= 0)) continue;
    truncated = parts.length === most;
    if (truncated) break;
    last = shown;
    parts.push(end < 0 ? contents(show(key), object) : `<CommonPrefixes><Prefix>${show(shown)}</Prefix></CommonPrefixes>`);
  }
  const next = truncated ? `<NextContinuationToken>${Buffer.from(last).toString('base64url')}</NextContinuationToken>` : '';
  const encoding = query.has('encoding-type') ? '<EncodingType>url</EncodingType>' : '';
  const head = `<Name>${bucket}</Name><Prefix>${show(prefix)}</Prefix><KeyCount>${parts.length}</KeyCount><MaxKeys>${most}</MaxKeys>`;
  const all = `${head}${encoding}<IsTruncated>${truncated}</IsTruncated>${next}${parts.join('')}`;
  return `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult>${all}</ListBucketResult>`;
}

function contents(key: string, { body, etag, modifiedMs }: StoredObject): string {
  const rest = `<LastModified>${new Date(modifiedMs).toISOString()}</LastModified><ETag>${xmlEscaped(etag)}</ETag><Size>${body.length}</Size>`;
  return `<Contents><Key>${key}</Key>${rest}<StorageClass>STANDARD</StorageClass></Contents>`;
}
