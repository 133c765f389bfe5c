/**
 * The token that calls go out with. Where it can be made anew, calls that need one at the same time wait for the same login: ten
 * logins in five minutes are all that an account has.
 */
export class TokenKeeper {
  #token: string | undefined;
  #login: Promise<string> | undefined;
  readonly #logIn: (() => Promise<string>) | undefined;

  /** `logIn` absent: who is calling cannot log in again. */
  constructor(token: string | undefined, logIn: (() => Promise<string>) | undefined) {
    this.#token = token;
    this.#logIn = logIn;
  }

  get canLogIn(): boolean {
    return this.#logIn !== undefined;
  }

  /** Undefined where there is none and nobody to ask. Rejects as the login does, or with the signal's reason. */
  async current(signal: AbortSignal): Promise<string | undefined> {
    if (this.#token !== undefined || this.#logIn === undefined) return this.#token;
    this.#login ??= this.#logIn().finally(() => (this.#login = undefined));
    const token = await untilAborted(this.#login, signal);
    this.#token ??= token;
    return this.#token;
  }

  /** That token is refused. One that came since stays. */
  drop(token: string | undefined): void {
    if (this.#token === token) this.#token = undefined;
  }
}

/** The promise's end, or the signal's: what others wait for too is not ended by one of them. */
export function untilAborted<Result>(promise: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
