/**
 * Ends one call when its time is over, or when its caller gives up. A `whole` limit runs from the first moment to the last; an `idle` one
 * begins anew with every sign of life, and stands still while the call waits for us and not for the peer.
 */
export class CallWatch {
  readonly limitMs: number;
  readonly #controller = new AbortController();
  readonly #caller: AbortSignal;
  readonly #isIdle: boolean;
  #timer: NodeJS.Timeout | undefined;
  #timedOut = false;
  #ended = false;

  constructor(limitMs: number, kind: 'whole' | 'idle', caller: AbortSignal) {
    this.limitMs = limitMs;
    this.#isIdle = kind === 'idle';
    this.#caller = caller;
    if (caller.aborted) this.#giveUp();
    else caller.addEventListener('abort', this.#giveUp);
    this.#start();
  }

  /** Aborted at the end of the time, and with the caller's own signal. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get timedOut(): boolean {
    return this.#timedOut;
  }

  /** The peer took or sent something: what is waited for from now on has its full time. */
  progress(): void {
    if (this.#isIdle) this.#start();
  }

  /** From here until the next progress the call waits for us. */
  pause(): void {
    if (this.#isIdle) clearTimeout(this.#timer);
  }

  /** Takes back timer and listener; what moves afterwards, such as a request's body that is let go of, starts nothing. */
  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#caller.removeEventListener('abort', this.#giveUp);
  }

  #start(): void {
    clearTimeout(this.#timer);
    if (this.#ended) return;
    this.#timer = setTimeout(() => {
      this.#timedOut = true;
      this.#controller.abort();
    }, this.limitMs);
  }

  readonly #giveUp = (): void => this.#controller.abort();
}
