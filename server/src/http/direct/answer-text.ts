import { STATUS_CODES } from 'node:http';
import type { HotSent } from '../hot-calls.ts';

/** What may stand in a header's value: less than node:http sends, so that the whole head is ASCII. */
const sendableValue = /^[\t\x20-\x7e]*$/;

/** Status line and headers of the last answers. Most carry one and the same object, so it is compared before anything is made of it. */
const beginning: { status: number; headers: HotSent['headers'] | undefined; text: string } = { status: 0, headers: undefined, text: '' };

function beginningOf(status: number, headers: HotSent['headers']): string {
  if (beginning.headers === headers && beginning.status === status) return beginning.text;
  let text = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'unknown'}\r\n`;
  for (const [name, value] of Object.entries(headers)) {
    if (!sendableValue.test(value)) throw new TypeError(`the header ${name} holds characters that cannot be sent`);
    text += `${name}: ${value}\r\n`;
  }
  Object.assign(beginning, { status, headers, text });
  return text;
}

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
export function answerHead({ status, headers }: HotSent, bodyBytes: number, close: boolean, keepAliveS: number): string {
  const connection = close ? 'Connection: close' : `Connection: keep-alive\r\nKeep-Alive: timeout=${keepAliveS}`;
  return `${beginningOf(status, headers)}content-length: ${bodyBytes}\r\n${dateLineAt(Date.now())}${connection}\r\n\r\n`;
}
