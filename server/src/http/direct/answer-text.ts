import { Buffer } from 'node:buffer';
import { STATUS_CODES } from 'node:http';
import { headRoomBytes, type LentBody } from '../answer-bytes.ts';
import type { HotSent } from '../hot-calls.ts';

/** What may stand in a header's value: less than node:http sends, so that the whole head is ASCII. */
const sendableValue = /^[\t\x20-\x7e]*$/;

/** Status line and headers of the last answers. Most carry one and the same object, so it is compared before anything is made of it. */
const beginning: { status: number; headers: HotSent['headers'] | undefined; text: string; bytes: Buffer | undefined } = {
  status: 0,
  headers: undefined,
  text: '',
  bytes: undefined,
};

function beginningOf(status: number, headers: HotSent['headers']): string {
  if (beginning.headers === headers && beginning.status === status) return beginning.text;
  let text = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'unknown'}\r\n`;
  for (const [name, value] of Object.entries(headers)) {
    text += headerLine(name, value);
  }
  Object.assign(beginning, { status, headers, text, bytes: undefined });
  return text;
}

function headerLine(name: string, value: string): string {
  if (!sendableValue.test(value)) throw new TypeError(`the header ${name} holds characters that cannot be sent`);
  return `${name}: ${value}\r\n`;
}

const lengthName = 'content-length: ';
/** The line that differs from answer to answer where their headers are one and the same object. */
const cookieLine = (cookie: string | undefined): string => (cookie === undefined ? '' : headerLine('set-cookie', cookie));

let dateSecond = 0;
let dateLine = '';

function dateLineAt(nowMs: number): string {
  const second = Math.floor(nowMs / 1000);
  if (second !== dateSecond) {
    dateSecond = second;
    dateLine = `Date: ${new Date(nowMs).toUTCString()}\r\n`;
  }
  return dateLine;
}

/**
 * Everything before the body, header for header as node:http writes it: ours first, then Date, Connection and Keep-Alive. ASCII.
 * @throws TypeError where a header cannot be sent
 */
export function answerHead({ status, headers, cookie }: HotSent, bodyBytes: number, close: boolean, keepAliveS: number): string {
  return `${beginningOf(status, headers)}${cookieLine(cookie)}${lengthName}${bodyBytes}${endingOf(close, keepAliveS)}`;
}

const endingOf = (close: boolean, keepAliveS: number): string =>
  `\r\n${dateLineAt(Date.now())}${close ? 'Connection: close' : `Connection: keep-alive\r\nKeep-Alive: timeout=${keepAliveS}`}\r\n\r\n`;

const ending = { second: 0, close: false, keepAliveS: 0, bytes: Buffer.alloc(0) };

function endingBytes(close: boolean, keepAliveS: number): Buffer {
  const second = Math.floor(Date.now() / 1000);
  if (ending.second !== second || ending.close !== close || ending.keepAliveS !== keepAliveS)
    Object.assign(ending, { second, close, keepAliveS, bytes: Buffer.from(endingOf(close, keepAliveS), 'latin1') });
  return ending.bytes;
}

/**
 * Writes the same head into the room before a body.
 * @returns where it begins in the body's memory; undefined where there is not enough room
 * @throws TypeError where a header cannot be sent
 */
export function writeAnswerHead(sent: HotSent, { block, start, length }: LentBody, close: boolean, keepAliveS: number): number | undefined {
  const text = beginningOf(sent.status, sent.headers);
  const first =
    sent.cookie === undefined
      ? (beginning.bytes ??= Buffer.from(text + lengthName, 'latin1'))
      : Buffer.from(text + cookieLine(sent.cookie) + lengthName, 'latin1');
  const end = endingBytes(close, keepAliveS);
  const digits = String(length);
  let at = start - end.length - digits.length - first.length;
  if (at < start - headRoomBytes) return undefined;
  const from = at;
  block.set(first, at);
  at += first.length;
  for (let index = 0; index < digits.length; index++) block[at++] = digits.charCodeAt(index);
  block.set(end, at);
  return from;
}
