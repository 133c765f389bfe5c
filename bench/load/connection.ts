import { Buffer } from 'node:buffer';
import { connect, type Socket } from 'node:net';
import { type Answered, AnswerReader } from './answer-reader.ts';

const readBufferBytes = 65_536;

/** One kept-alive connection: at most one request at a time. */
export class Connection {
  readonly #socket: Socket;
  readonly #reader = new AnswerReader();
  readonly #onAnswer: (answered: Answered) => void;
  readonly #onFailure: (error: Error) => void;
  #busy = false;
  #closed = false;

  private constructor(port: number, onAnswer: (answered: Answered) => void, onFailure: (error: Error) => void) {
    this.#onAnswer = onAnswer;
    this.#onFailure = onFailure;
    const buffer = Buffer.allocUnsafeSlow(readBufferBytes);
    this.#socket = connect({
      host: '127.0.0.1',
      port,
      noDelay: true,
      // Reads into one buffer, past the stream machinery: a third of what a small answer costs here.
      onread: {
        buffer,
        callback: (bytes) => {
          this.#read(buffer, bytes);
          return true;
        },
      },
    });
  }

  /** Resolves when it is connected. Failures from then on go to `onFailure`, once. */
  static open(port: number, onAnswer: (answered: Answered) => void, onFailure: (error: Error) => void): Promise<Connection> {
    const connection = new Connection(port, onAnswer, onFailure);
    const socket = connection.#socket;
    return new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        socket.on('error', (error) => connection.#fail(error));
        socket.on('close', () => connection.#fail(new Error('the server closed the connection')));
        resolve(connection);
      });
    });
  }

  send(request: Buffer): void {
    if (this.#busy) throw new Error('a connection takes one request at a time');
    this.#busy = true;
    this.#socket.write(request);
  }

  close(): void {
    this.#closed = true;
    this.#socket.destroy();
  }

  #read(buffer: Buffer, bytes: number): void {
    if (this.#closed) return;
    try {
      if (!this.#busy) throw new Error('an answer came that nobody asked for');
      const answered = this.#reader.take(buffer, bytes);
      if (!answered) return;
      this.#busy = false;
      this.#onAnswer(answered);
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  #fail(error: Error): void {
    if (this.#closed) return;
    this.close();
    this.#onFailure(error);
  }
}
