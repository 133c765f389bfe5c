import type { Buffer } from 'node:buffer';
import { asSent, digitsOf, exactNumbers, isRounded } from '../../http/exact-numbers.ts';
import { isObject, readJsonObject } from '../../http/read-body.ts';

/** One structurally valid segment of a user. Whether it exists and may be written is not known yet. */
export interface ParsedBlock {
  /** Null: named by code. Text where what was sent is no whole number below 2^53; such an id names no segment. */
  readonly id: number | string | null;
  readonly code: string;
  /** The code's owner; text as for `id`. */
  readonly owner: number | string;
  /** 0 to 2147483647. */
  readonly value: number;
  /** Minutes; -1 removes, 0 never expires, null: the segment's or the sender's default. */
  readonly expiration: number | null;
}

/** A user with at least one valid block. */
export interface ParsedUser {
  /** The id in the sender's own digits. */
  readonly id: string;
  /** Null: a user id (or the sender's external id). Unknown names are kept: they make an invalid user, not a warning. */
  readonly domain: string | null;
  readonly blocks: readonly ParsedBlock[];
}

export interface Warning {
  readonly message: string;
  /** What was sent, without domains. */
  readonly entity: unknown;
}

/** What the answer tells of a call. */
export interface CallShape {
  /** Structurally valid users. */
  readonly userCount: number;
  /** Valid blocks of these users. */
  readonly segmentCount: number;
  /** An accepted block was named by its code. */
  readonly namedByCode: boolean;
  readonly warnings: readonly Warning[];
}

export interface ParsedCall extends CallShape {
  readonly users: readonly ParsedUser[];
}

/** Limits of a call (Data Providers - Instant Audience Service). */
export const mostUsers = 1000;
export const mostSegments = 100;
export const mostInteger = 2_147_483_647;
/** A megabyte of the smallest valid users stays below this; only bodies of junk are named in part, so that the answer stays bounded. */
const mostWarnings = 25_000;
const mostIdCharactersNamed = 255;

const withExactNumbers = exactNumbers(['user_id', 'seg_id', 'member_id', 'value', 'expiration']);

/** Reads the body of `POST /rt-segment` (ingest.md section 3.1). @throws Refusal where it is no JSON object. */
export function readUsers(body: Buffer): ParsedCall {
  const call = parseUsers(readJsonObject(body));
  return call.rounded ? parseUsers(JSON.parse(withExactNumbers(body.toString('utf8')))) : call;
}

/**
 * Structurally valid users and blocks, and a warning for everything else in request order (the table of ingest.md section 3.1).
 * `rounded`: a number beyond 2^53 was met that stands for an id or is echoed; its digits are lost, so read the body
 * again with `withExactNumbers`. Pure.
 */
export function parseUsers(top: Readonly<Record<string, unknown>>): ParsedCall & { readonly rounded: boolean } {
  const reader = new UserReader(top.domain);
  const sent = Object.hasOwn(top, 'rt_segment') ? top.rt_segment : top['rt-segment'];
  reader.readAll(Array.isArray(sent) ? sent : []);
  return reader;
}

class UserReader implements ParsedCall {
  readonly users: ParsedUser[] = [];
  segmentCount = 0;
  namedByCode = false;
  readonly warnings: Warning[] = [];
  rounded = false;
  readonly #topDomain: unknown;

  constructor(topDomain: unknown) {
    this.#topDomain = topDomain;
  }

  get userCount(): number {
    return this.users.length;
  }

  readAll(sent: readonly unknown[]): void {
    const parsed = Math.min(sent.length, mostUsers);
    for (let at = 0; at < parsed; at++) this.#readUser(sent[at]);
    for (let at = mostUsers; at < sent.length; at++) this.#warn('Too many user_ids in request.', () => this.#echoUser(sent[at], false));
    if (this.users.length > 0) return;
    const entity = { rt_segment: sent.map((user, at) => this.#echoUser(user, at < mostUsers)) };
    this.warnings.push({ message: 'No valid rt_segment in request.', entity });
  }

  /** One user gets one warning of its own, in the order user_id, domain, seg_block. */
  #readUser(user: unknown): void {
    const fields = isObject(user) ? user : nothing;
    const id = this.#textOf(fields.user_id);
    if (id === undefined) return this.#warn("'user_id' is required and cannot be empty", () => this.#echoUser(user, true));
    const domain = domainOf(Object.hasOwn(fields, 'domain') ? fields.domain : this.#topDomain);
    if (domain !== null && domain.toLowerCase() === 'sha1mac')
      return this.#warn("Domain 'sha1mac' is not accepted.", () => this.#echoUser(user, true));
    const sent = fields.seg_block;
    if (!Array.isArray(sent) || sent.length === 0) return this.#warn("'seg_block' is required", () => this.#echoUser(user, true));
    const blocks: ParsedBlock[] = [];
    const parsed = Math.min(sent.length, mostSegments);
    for (let at = 0; at < parsed; at++) this.#readBlock(sent[at], blocks);
    if (sent.length > mostSegments) {
      const message = `Too many segments for user_id: ${named(id)}.`;
      for (let at = mostSegments; at < sent.length; at++) this.#warn(message, () => this.#echoBlock(sent[at], true));
    }
    if (blocks.length === 0) return this.#warn(`No valid segments for user_id: ${named(id)}.`, () => this.#echoUser(user, true));
    this.users.push({ id, domain, blocks });
    this.segmentCount += blocks.length;
    return undefined;
  }

  /** One block gets one warning, in the table's order. */
  #readBlock(block: unknown, blocks: ParsedBlock[]): void {
    const fields = isObject(block) ? block : nothing;
    const id = this.#idOf(fields.seg_id);
    const code = this.#textOf(fields.seg_code);
    const owner = code === undefined ? undefined : this.#idOf(fields.member_id);
    const fault = (message: string): void => this.#warn(message, () => this.#echoBlock(block, true));
    if (id === undefined && owner === undefined) return fault("'seg_id' or 'seg_code' and 'member_id' are required");
    if (id !== undefined && code !== undefined) return fault("Use 'seg_id' or 'seg_code' and 'member_id', not both");
    const expiration = fields.expiration == null ? null : this.#integerOf(fields.expiration, -1);
    if (expiration === undefined) return fault("'expiration' must be -1, 0 or a positive integer");
    const value = fields.value == null ? 0 : this.#integerOf(fields.value, 0);
    if (value === undefined) return fault("'value' must be an integer from 0 to 2147483647");
    if (id === undefined) this.namedByCode = true;
    blocks.push({ id: id ?? null, code: code ?? '', owner: owner ?? 0, value, expiration });
    return undefined;
  }

  #warn(message: string, entity: () => unknown): void {
    if (this.warnings.length < mostWarnings) this.warnings.push({ message, entity: entity() });
  }

  /** Text that is not empty, a number's digits; undefined for all that counts as missing. */
  #textOf(value: unknown): string | undefined {
    if (typeof value === 'string') return value === '' ? undefined : value;
    if (typeof value !== 'number') return digitsOf(value);
    if (!isRounded(value)) return String(value);
    this.rounded = true;
    // Where the second reading does not find it either, it must not look like an id.
    return value.toExponential();
  }

  /** A whole number, also as a string of digits; text for what is none; undefined for all that counts as missing. */
  #idOf(value: unknown): number | string | undefined {
    if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
    const text = this.#textOf(value);
    return text !== undefined && digits.test(text) ? Number(text) : text;
  }

  #integerOf(value: unknown, least: number): number | undefined {
    if (typeof value === 'number' && isRounded(value)) this.rounded = true;
    const number = typeof value === 'string' && digits.test(value) ? Number(value) : value;
    return typeof number === 'number' && Number.isInteger(number) && number >= least && number <= mostInteger ? number + 0 : undefined;
  }

  /** The echo rule: as sent, without domains; in parsed blocks null `seg_id` and `member_id` are dropped, null `seg_code` stays. */
  #echoUser(user: unknown, parsed: boolean): unknown {
    if (!isObject(user)) return this.#echo(user);
    const fields: [string, unknown][] = [];
    for (const [key, value] of Object.entries(user)) {
      if (key === 'domain') continue;
      const blocks = key === 'seg_block' && Array.isArray(value);
      fields.push([key, blocks ? value.map((block) => this.#echoBlock(block, parsed)) : this.#echo(value)]);
    }
    return Object.fromEntries(fields);
  }

  #echoBlock(block: unknown, parsed: boolean): unknown {
    if (!isObject(block)) return this.#echo(block);
    const fields: [string, unknown][] = [];
    for (const [key, value] of Object.entries(block)) {
      const dropped = key === 'domain' || (parsed && value === null && (key === 'seg_id' || key === 'member_id'));
      if (!dropped) fields.push([key, this.#echo(value)]);
    }
    return Object.fromEntries(fields);
  }

  #echo(value: unknown): unknown {
    if (typeof value === 'number' && isRounded(value)) this.rounded = true;
    return asSent(value);
  }
}

const nothing: Readonly<Record<string, unknown>> = {};
/** At most 15 digits: exact as a number. */
const digits = /^-?\d{1,15}$/;

/** Not text: a domain that nobody knows. */
const domainOf = (domain: unknown): string | null => (domain == null ? null : typeof domain === 'string' ? domain : '');

const named = (id: string): string => (id.length > mostIdCharactersNamed ? `${id.slice(0, mostIdCharactersNamed)}…` : id);
