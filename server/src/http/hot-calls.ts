import { Buffer } from 'node:buffer';
import { LentBody } from './answer-bytes.ts';
import type { Answer, Call, OpenCall, Operation } from './operation.ts';

/** A request for a hot operation, without its body: what admission and the log look at, whoever read it from the wire. */
export interface HotRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** Without its `?`; empty where there is none. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly peerAddress: string;
  readonly encrypted: boolean;
}

/** An answer that is ready for the wire. */
export interface HotSent {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The value of Set-Cookie, beside `headers`. */
  readonly cookie?: string | undefined;
  readonly body: string | Buffer | LentBody;
  /** The body is text in ASCII for certain: as many bytes as characters. Counting them takes a tenth of a lookup. */
  readonly ascii?: boolean;
}

export const bodyBytesOf = ({ body, ascii }: HotSent): number =>
  ascii === true || body instanceof LentBody ? body.length : Buffer.byteLength(body);

/** Where a hot call's answer goes: node:http's response, or a connection that is read directly. */
export interface HotReply {
  /**
   * Writes the answer; nothing where the other side has gone.
   * @param close the server is stopping: the connection ends behind this answer
   * @throws Error where a header cannot be written; nothing was written then
   */
  send(sent: HotSent, close: boolean): void;
}

/** What a hot call is answered with by the shared front: admission, envelope, logs, counts are the same as in the framework. */
export interface HotFront {
  /** The server is stopping: new requests are turned away. */
  readonly stopping: boolean;
  /** Admits the request and makes the call; throws a Refusal. */
  begin(request: HotRequest, operation: Operation): HotCall;
  /** Sends the answer of a call, or of a failure, at the end of this turn of the event loop. */
  send(hot: HotCall, reply: HotReply, answer: Answer): void;
  fail(hot: HotCall | undefined, reply: HotReply, operation: Operation, error: unknown): void;
}

export interface HotCall {
  /** Its body is empty until it has come; an open operation's has no caller. */
  readonly call: { -readonly [Key in keyof OpenCall]: OpenCall[Key] } & Partial<Pick<Call, 'caller'>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly startedAt: number;
  readonly operation: Operation;
}

/** Hot operations by method and main address in its plain form; prefixes and trailing slashes are the framework's. */
export const hotOperationsByAddress = (operations: readonly Operation[]): ReadonlyMap<string, Operation> =>
  new Map(operations.map((operation) => [`${operation.method} ${operation.paths[0]}`, operation]));

/** Makes the call and sends what comes of it, at once where the operation answers at once. Never throws. */
export function answerHotCall(front: HotFront, hot: HotCall, reply: HotReply, body: Buffer): void {
  const { operation } = hot;
  try {
    hot.call.body = body;
    // Whoever may not be anyone was admitted, so the caller is there.
    const answered = operation.handle(hot.call as Call);
    if (answered instanceof Promise)
      answered.then(
        (answer) => sendAnswer(front, hot, reply, answer),
        (error: unknown) => front.fail(hot, reply, operation, error),
      );
    else front.send(hot, reply, answered);
  } catch (error) {
    front.fail(hot, reply, operation, error);
  }
}

function sendAnswer(front: HotFront, hot: HotCall, reply: HotReply, answer: Answer): void {
  try {
    front.send(hot, reply, answer);
  } catch (error) {
    front.fail(hot, reply, hot.operation, error);
  }
}
