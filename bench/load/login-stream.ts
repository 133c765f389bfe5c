import { Buffer } from 'node:buffer';
import type { Answered } from './answer-reader.ts';
import { Connection } from './connection.ts';

export interface LoginPlan {
  readonly perSecond: number;
  readonly username: string;
  readonly password: string;
}

/** Logins that are under way at a time at most; those that are due while all are busy are left out. */
const connectionCount = 64;

/** Logs in again and again at a steady rate, however long an answer takes: clients that start do not wait for each other. */
export class LoginStream {
  readonly #free: Connection[] = [];
  readonly #all: Connection[] = [];
  readonly #request: Buffer;
  readonly #onFailure: (error: Error) => void;
  /** Answered with 200. */
  #answeredCount = 0;
  #timer: NodeJS.Timeout | undefined;

  private constructor({ username, password }: LoginPlan, onFailure: (error: Error) => void) {
    const body = JSON.stringify({ auth: { username, password } });
    this.#request = Buffer.from(
      `POST /auth HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    this.#onFailure = onFailure;
  }

  /** @param onFailure told of an answer other than 200, and than 503, with which a server turns logins away */
  static async start(port: number, plan: LoginPlan, onFailure: (error: Error) => void): Promise<LoginStream> {
    const stream = new LoginStream(plan, onFailure);
    for (let at = 0; at < connectionCount; at++) {
      const connection: Connection = await Connection.open(port, (answered) => stream.#answered(connection, answered), onFailure);
      stream.#all.push(connection);
      stream.#free.push(connection);
    }
    stream.#timer = setInterval(() => stream.#send(), 1000 / plan.perSecond);
    return stream;
  }

  stop(): void {
    clearInterval(this.#timer);
    for (const connection of this.#all) connection.close();
  }

  #send(): void {
    const connection = this.#free.shift();
    connection?.send(this.#request);
  }

  get answeredCount(): number {
    return this.#answeredCount;
  }

  #answered(connection: Connection, answered: Answered): void {
    if (answered.status === 200) this.#answeredCount += 1;
    if (answered.status === 200 || answered.status === 503) this.#free.push(connection);
    else this.#onFailure(new Error(`a login was not answered with 200: ${answered.beginning}`));
  }
}
