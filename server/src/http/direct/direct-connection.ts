import { Buffer } from 'node:buffer';
import type { Socket } from 'node:net';
import { LentBody } from '../answer-bytes.ts';
import { answerHotCall, bodyBytesOf, type HotCall, type HotFront, type HotReply, type HotSent } from '../hot-calls.ts';
import { answerHead, writeAnswerHead } from './answer-text.ts';
import type { HeadReader, RequestHead } from './request-head.ts';

/** What all connections share. */
export interface DirectShared {
  readonly reader: HeadReader;
  readonly front: HotFront;
  readonly limits: DirectLimits;
  /** Gives the connection to node:http, for good. */
  readonly handOver: (socket: Socket) => void;
  /** What node:http's own connections do with a request that breaks off or takes too long. */
  readonly refuse: (error: NodeJS.ErrnoException, socket: Socket) => void;
  /** The connection is gone or another's. */
  readonly left: (connection: DirectConnection) => void;
  /** Seconds, counted from anywhere; up to one second late. */
  readonly nowS: () => number;
}

/** In seconds, as node:http has them. */
export interface DirectLimits {
  /** As clients are told. */
  readonly keepAliveS: number;
  /** An idle connection is closed after this. */
  readonly idleS: number;
  /** The first head must be there by then. */
  readonly headS: number;
  /** A request must be there whole by then. */
  readonly requestS: number;
}

/** A head that began is waited for so long before node:http gets it, which has times of its own for slow ones. */
const begunHeadS = 1;

/**
 * What a connection waits for: its first request, the next one, the rest of a head, the rest of a body, its own answer, or (over, refused)
 * its end.
 */
type Waiting = 'first' | 'next' | 'head' | 'body' | 'answer' | 'over' | 'refused';

/**
 * One connection while all that comes on it is plain (request-head.ts). One request at a time: the next is read when the answer before it is
 * written and the socket has room again, so a client that does not read is not read either. What is not consumed stays in the socket's own
 * buffer, which keeps the order of bytes and their end, and is node:http's to find after a hand-over.
 */
export class DirectConnection implements HotReply {
  readonly #shared: DirectShared;
  readonly #socket: Socket;
  readonly #peerAddress: string;
  #waiting: Waiting = 'first';
  #sinceS: number;
  /** The beginning of a head. */
  #begun: Buffer | undefined;
  #bodyLeft = 0;
  /** What came of the body so far. */
  #chunks: Buffer[] = [];
  /** Undefined: the call was refused before its body; that is read and dropped. */
  #hot: HotCall | undefined;
  #answered = true;
  #closing = false;
  /** The other side sends no more. */
  #ended = false;
  #paused = false;

  constructor(socket: Socket, shared: DirectShared) {
    this.#socket = socket;
    this.#shared = shared;
    this.#sinceS = shared.nowS();
    this.#peerAddress = socket.remoteAddress ?? '';
    socket.on('data', this.#onData);
    socket.on('end', this.#onEnd);
    socket.on('drain', this.#onDrain);
    socket.on('error', this.#onError);
    socket.on('close', this.#onClose);
  }

  /** No request is being read or answered. */
  get idle(): boolean {
    return this.#waiting === 'first' || this.#waiting === 'next';
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** To be called about once a second. */
  checkTime(nowS: number): void {
    const { idleS, headS, requestS } = this.#shared.limits;
    const waitedS = nowS - this.#sinceS;
    if ((this.#waiting === 'next' || this.#waiting === 'refused') && waitedS > idleS) this.destroy();
    else if (this.#waiting === 'head' && waitedS > begunHeadS) this.#handOver();
    else if ((this.#waiting === 'first' && waitedS > headS) || (this.#waiting === 'body' && waitedS > requestS))
      this.#refuse('ERR_HTTP_REQUEST_TIMEOUT');
  }

  readonly #onData = (chunk: Buffer): void => {
    switch (this.#waiting) {
      case 'body':
        this.#takeBody(chunk);
        return;
      case 'answer':
        this.#putBack(chunk);
        return;
      case 'head':
        this.#takeHead(Buffer.concat([this.#begun ?? nothing, chunk]));
        return;
      case 'first':
      case 'next':
        this.#takeHead(chunk);
        break;
      case 'over':
      case 'refused':
    }
  };

  #takeHead(bytes: Buffer): void {
    const again = this.#waiting === 'head';
    this.#begun = undefined;
    const head = this.#shared.front.stopping ? 'foreign' : this.#shared.reader.read(bytes, 0);
    if (head === 'foreign' || (head === 'incomplete' && again)) {
      this.#begun = bytes;
      this.#handOver();
    } else if (head === 'incomplete') {
      this.#begun = bytes;
      this.#wait('head');
    } else this.#begin(head, bytes);
  }

  #begin({ operation, path, query, fields, end }: RequestHead, bytes: Buffer): void {
    const { front } = this.#shared;
    this.#answered = false;
    this.#closing = fields.close;
    this.#bodyLeft = fields.contentLength ?? 0;
    const request = { method: operation.method, path, query, headers: fields.headers, peerAddress: this.#peerAddress, encrypted: false };
    try {
      this.#hot = front.begin(request, operation);
    } catch (error) {
      this.#hot = undefined;
      front.fail(undefined, this, operation, error);
    }
    this.#wait('body');
    this.#takeBody(end === 0 ? bytes : bytes.subarray(end));
  }

  /** Takes what belongs to the body, and makes the call when all of it is there. */
  #takeBody(bytes: Buffer): void {
    const behind = bytes.length - this.#bodyLeft;
    const part = behind > 0 ? bytes.subarray(0, this.#bodyLeft) : bytes;
    this.#bodyLeft -= part.length;
    if (this.#hot && part.length > 0) this.#chunks.push(part);
    if (this.#bodyLeft > 0) return;
    const hot = this.#hot;
    const body = this.#takenBody();
    this.#wait('answer');
    if (behind > 0) this.#putBack(bytes.subarray(bytes.length - behind));
    if (hot) {
      this.#hot = undefined;
      answerHotCall(this.#shared.front, hot, this, body);
    } else if (this.#answered) this.#next();
  }

  #takenBody(): Buffer {
    const chunks = this.#chunks;
    if (chunks.length === 0) return nothing;
    this.#chunks = [];
    const [first] = chunks;
    return chunks.length === 1 && first ? first : Buffer.concat(chunks);
  }

  send(sent: HotSent, close: boolean): void {
    const socket = this.#socket;
    if (this.#waiting === 'over' || this.#waiting === 'refused' || !socket.writable) return;
    this.#closing ||= close;
    if (sent.body instanceof LentBody) this.#writeLent(sent, sent.body);
    else this.#write(sent, sent.body);
    this.#answered = true;
    if (this.#closing || (this.#waiting === 'answer' && !socket.writableNeedDrain)) this.#next();
  }

  #write(sent: HotSent, body: string | Buffer): void {
    const socket = this.#socket;
    const bodyBytes = bodyBytesOf(sent);
    const head = answerHead(sent, bodyBytes, this.#closing, this.#shared.limits.keepAliveS);
    // Latin-1 spares the socket a look at each character; with as many bytes as characters all of them are ASCII.
    if (typeof body === 'string') socket.write(head + body, bodyBytes === body.length ? 'latin1' : 'utf8');
    else if (bodyBytes <= mostJoinedBytes) socket.write(head + body.toString('latin1'), 'latin1');
    else {
      socket.cork();
      socket.write(head, 'latin1');
      socket.write(body);
      socket.uncork();
    }
  }

  /** In one piece, from where the body lies. What the system does not take at once the socket goes on reading there. */
  #writeLent(sent: HotSent, body: LentBody): void {
    const from = writeAnswerHead(sent, body, this.#closing, this.#shared.limits.keepAliveS);
    if (from === undefined) {
      this.#write(sent, body.copied());
      return;
    }
    this.#socket.write(body.block.subarray(from, body.end));
    if (this.#socket.writableLength > 0) body.keep();
  }

  /** The answer is written, and the request was read to its end or nobody wants the rest of it. */
  #next(): void {
    if (this.#closing || this.#ended) {
      this.#stopReading('over');
      this.#socket.destroySoon();
      return;
    }
    this.#wait('next');
    if (!this.#paused) return;
    this.#paused = false;
    this.#socket.resume();
  }

  #wait(waiting: Waiting): void {
    this.#waiting = waiting;
    this.#sinceS = this.#shared.nowS();
  }

  /** For when the answer is written: the socket keeps it, in front of what comes after it. */
  #putBack(bytes: Buffer): void {
    this.#paused = true;
    this.#socket.pause();
    this.#socket.unshift(bytes);
  }

  readonly #onDrain = (): void => {
    if (this.#waiting === 'answer' && this.#answered) this.#next();
  };

  readonly #onEnd = (): void => {
    this.#ended = true;
    if (this.idle) this.#socket.end();
    else if (this.#waiting === 'head' || this.#waiting === 'body') this.#refuse('HPE_INVALID_EOF_STATE');
  };

  /** The socket destroys itself; what was under way finds no place for its answer. */
  readonly #onError = (): void => {};

  readonly #onClose = (): void => {
    this.#stopReading('over');
    this.#shared.left(this);
  };

  #handOver(): void {
    const socket = this.#socket;
    const begun = this.#begun;
    this.#stopReading('over');
    socket.off('error', this.#onError);
    socket.off('close', this.#onClose);
    this.#shared.left(this);
    // Paused first: bytes that are put back into a flowing socket would be gone before anybody listens.
    socket.pause();
    if (begun) socket.unshift(begun);
    this.#shared.handOver(socket);
    socket.resume();
  }

  #refuse(code: string): void {
    this.#stopReading('refused');
    this.#shared.refuse(Object.assign(new Error('the request broke off'), { code }), this.#socket);
  }

  #stopReading(waiting: 'over' | 'refused'): void {
    const socket = this.#socket;
    this.#wait(waiting);
    this.#begun = undefined;
    this.#hot = undefined;
    this.#chunks = [];
    socket.off('data', this.#onData);
    socket.off('end', this.#onEnd);
    socket.off('drain', this.#onDrain);
  }
}

const nothing = Buffer.alloc(0);
/** A body so short goes into one piece with its head: two pieces are two calls of the system. */
const mostJoinedBytes = 4096;
