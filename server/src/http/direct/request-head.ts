import { Buffer } from 'node:buffer';
import { hotOperationsByAddress } from '../hot-calls.ts';
import type { Operation } from '../operation.ts';

/** A request head that means one thing to everybody. */
export interface RequestHead {
  readonly operation: Operation;
  readonly path: string;
  /** Without its `?`. */
  readonly query: string;
  readonly fields: HeadFields;
  /** Where the body begins. */
  readonly end: number;
}

/** What the header lines say. */
export interface HeadFields {
  /** By name in lower case, as node:http has them; no name comes twice. */
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined where there is none. */
  readonly contentLength: number | undefined;
  /** `Connection: close`. */
  readonly close: boolean;
}

/** `incomplete`: so far it is one of ours. `foreign`: to be read by node:http. */
export type ReadHead = RequestHead | 'incomplete' | 'foreign';

/** Half of what node:http takes, so that both never differ on whether a head is too large. */
const longestHead = 8192;
/** node:http takes 2,000 and forgets those beyond. */
const mostHeaders = 64;
/** Other forms of a length, and longer ones, are node:http's to judge. */
const plainLength = /^(?:0|[1-9]\d{0,8})$/;
/** Fewer than HTTP allows in a name: what is common, and nothing that any reader takes for something else. */
const plainName = /^[A-Za-z0-9-]+$/;
/** No tabs, no bytes beyond ASCII, no line break of any kind. */
const plainValue = /^[\x20-\x7e]*$/;
/** Names by which a request asks for more than an answer, or that say anew how it is framed. */
const foreignNames = new Set([
  'transfer-encoding',
  'trailer',
  'te',
  'expect',
  'upgrade',
  'http2-settings',
  'proxy-connection',
  'proxy-authenticate',
]);

const questionMark = 0x3f;
/** Bytes of a query that are read alike by everybody: those of RFC 3986, and no others. */
const queryBytes = new Uint8Array(256);
for (const byte of Buffer.from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%!$&'()*+,;=:@/?")) queryBytes[byte] = 1;
const lineEnd = Buffer.from(' HTTP/1.1\r\n');
const headEnd = Buffer.from('\r\n\r\n');

interface Route {
  readonly operation: Operation;
  readonly path: string;
  /** Method, a space and the path. */
  readonly bytes: Buffer;
  /** Null: it takes no body. */
  readonly bodyLimitBytes: number | null;
}

/**
 * Recognises requests of the plainest shape for the hot operations. It accepts little, on purpose: a complete head, HTTP/1.1, a main
 * address, exactly one Host, a length in digits where there is a body, no header twice, nothing that changes how the request is
 * framed. What it accepts, node:http reads the same way (request-head.test.ts, direct-twin.test.ts); whatever else comes is `foreign`, and is not interpreted.
 */
export class HeadReader {
  readonly #routes: readonly Route[];
  readonly #known = new KnownFields();

  constructor(operations: readonly Operation[], bodyLimitBytes: number) {
    this.#routes = [...hotOperationsByAddress(operations)].map(([address, operation]) => ({
      operation,
      path: address.slice(address.indexOf(' ') + 1),
      bytes: Buffer.from(address, 'latin1'),
      bodyLimitBytes: operation.method === 'GET' ? null : (operation.bodyLimitBytes ?? bodyLimitBytes),
    }));
  }

  /** Reads the head that begins at `from`. */
  read(bytes: Buffer, from: number): ReadHead {
    for (const route of this.#routes) {
      const compared = Math.min(route.bytes.length, bytes.length - from);
      if (!standsAt(bytes, from, route.bytes, compared)) continue;
      return compared < route.bytes.length ? 'incomplete' : this.#readBehind(bytes, from, route);
    }
    return 'foreign';
  }

  #readBehind(bytes: Buffer, from: number, route: Route): ReadHead {
    const pathEnd = from + route.bytes.length;
    let at = pathEnd;
    if (bytes[at] === questionMark) for (at += 1; queryBytes[bytes[at] ?? 0] === 1; at++);
    const compared = Math.min(lineEnd.length, bytes.length - at);
    if (!standsAt(bytes, at, lineEnd, compared)) return 'foreign';
    const linesStart = at + lineEnd.length;
    const linesEnd = compared < lineEnd.length ? -1 : bytes.indexOf(headEnd, linesStart - 2);
    if (linesEnd < 0)
      return bytes.length - from < longestHead && isPlainSoFar(bytes.toString('latin1', linesStart)) ? 'incomplete' : 'foreign';
    if (linesEnd + headEnd.length - from > longestHead) return 'foreign';
    const fields = this.#known.read(bytes.toString('latin1', linesStart, linesEnd + 2));
    if (!fields || !bodyFits(fields, route)) return 'foreign';
    const query = at === pathEnd ? '' : bytes.toString('latin1', pathEnd + 1, at);
    return { operation: route.operation, path: route.path, query, fields, end: linesEnd + headEnd.length };
  }
}

/** A body that is too large, or where none is due, is refused by the other side. */
const bodyFits = ({ contentLength }: HeadFields, { bodyLimitBytes }: Route): boolean =>
  bodyLimitBytes === null ? contentLength === undefined : contentLength !== undefined && contentLength <= bodyLimitBytes;

function standsAt(bytes: Buffer, at: number, expected: Buffer, length: number): boolean {
  for (let index = 0; index < length; index++) if (bytes[at + index] !== expected[index]) return false;
  return true;
}

/**
 * Header lines that were read before. A client sends the same ones again and again, so what they say is looked up by their text. Bounded in
 * number and length; made-up headers only empty it.
 */
class KnownFields {
  static readonly #most = 512;
  static readonly #longest = 1024;
  readonly #fields = new Map<string, HeadFields>();

  /** @param lines whole, each with its end */
  read(lines: string): HeadFields | undefined {
    const known = this.#fields.get(lines);
    if (known) return known;
    const fields = readFields(lines);
    // With a cookie the same lines hardly come again.
    if (!fields || lines.length > KnownFields.#longest || 'cookie' in fields.headers) return fields;
    if (this.#fields.size >= KnownFields.#most) this.#fields.clear();
    this.#fields.set(lines, fields);
    return fields;
  }
}

/** A line that is not complete. */
const begunLine = /^(?:[A-Za-z0-9-]+(?::[\x20-\x7e]*)?\r?|\r)?$/;

/** Could plain header lines begin like this? What cannot is not waited for. */
function isPlainSoFar(lines: string): boolean {
  const whole = lines.lastIndexOf('\r\n') + 2;
  return whole < 2 ? begunLine.test(lines) : begunLine.test(lines.slice(whole)) && readLines(lines.slice(0, whole)) !== undefined;
}

/** What header lines say, or undefined where anybody could read them in another way. @param lines whole, each with its end */
export function readFields(lines: string): HeadFields | undefined {
  const headers = readLines(lines);
  if (!headers?.['host']) return undefined;
  const { connection = 'keep-alive', 'content-length': length } = headers;
  return { headers, contentLength: length === undefined ? undefined : Number(length), close: connection.toLowerCase() === 'close' };
}

function readLines(lines: string): Record<string, string> | undefined {
  const headers: Record<string, string> = Object.create(null) as Record<string, string>;
  let count = 0;
  for (let at = 0; at < lines.length;) {
    const end = lines.indexOf('\r\n', at);
    if (end < 0 || (count += 1) > mostHeaders) return undefined;
    const line = lines.slice(at, end);
    const field = knownLines.get(line) ?? readLine(line);
    if (!field || field.name in headers) return undefined;
    headers[field.name] = field.value;
    at = end + 2;
  }
  return headers;
}

interface HeadField {
  /** In lower case. */
  readonly name: string;
  readonly value: string;
}

/**
 * Lines that were read before, each for itself: browsers send the same ones beside a cookie that hardly comes again. Bounded like
 * `KnownFields`.
 */
const knownLines = new Map<string, HeadField>();
const mostKnownLines = 4096;
const longestKnownLine = 256;

/** What a line says, or undefined where it is not plain. */
function readLine(line: string): HeadField | undefined {
  const colon = line.indexOf(':');
  if (colon < 0) return undefined;
  const sentName = line.slice(0, colon);
  const sentValue = line.slice(colon + 1);
  if (!plainName.test(sentName) || !plainValue.test(sentValue)) return undefined;
  const field = { name: sentName.toLowerCase(), value: sentValue.trim() };
  if (!isPlain(field.name, field.value)) return undefined;
  if (field.name === 'cookie' || line.length > longestKnownLine) return field;
  if (knownLines.size >= mostKnownLines) knownLines.clear();
  knownLines.set(line, field);
  return field;
}

function isPlain(name: string, value: string): boolean {
  if (name === 'content-length') return plainLength.test(value);
  if (name === 'connection') return /^(?:keep-alive|close)$/i.test(value);
  return !foreignNames.has(name);
}
