/** What a server must know after a crash: the model that the crash test compares with. */

/** One membership that a call sets (a value) or ends (null). */
export interface Change {
  readonly user: string;
  readonly segment: number;
  readonly value: number | null;
}

type Segments = Map<number, number | null>;

/** Acknowledged changes hold; a call that was in flight at the kill may have happened or not, for each membership. */
export class ExpectedProfiles {
  readonly #known = new Map<string, Segments>();
  readonly #open = new Map<string, Segments>();
  /** Users changed since the last `takeTouched`. */
  #touched = new Set<string>();

  get users(): readonly string[] {
    return [...this.#known.keys()];
  }

  /** A call is about to be sent. No other call in flight may name one of its users. */
  send(changes: readonly Change[]): void {
    for (const change of changes) {
      this.#touched.add(change.user);
      set(this.#open, change);
    }
  }

  /** The server acknowledged it. */
  acknowledge(changes: readonly Change[]): void {
    for (const change of changes) {
      set(this.#known, change);
      this.#open.get(change.user)?.delete(change.segment);
    }
  }

  takeTouched(): readonly string[] {
    const touched = [...this.#touched];
    this.#touched = new Set();
    return touched;
  }

  /**
   * Compares a user with what the server answers, and takes over what it finds where both were possible.
   * Returns how many memberships were compared and what is wrong.
   */
  compare(user: string, actual: ReadonlyMap<number, number>): { readonly checked: number; readonly wrong: readonly string[] } {
    const known: Segments = this.#known.get(user) ?? new Map();
    const open: Segments = this.#open.get(user) ?? new Map();
    const wrong: string[] = [];
    const segments = new Set([...known.keys(), ...open.keys(), ...actual.keys()]);
    for (const segment of segments) {
      const got = actual.get(segment) ?? null;
      const acknowledged = known.get(segment) ?? null;
      if (got !== acknowledged && !(open.has(segment) && got === (open.get(segment) ?? null))) {
        wrong.push(`user ${user} segment ${segment}: acknowledged ${show(acknowledged)}, found ${show(got)}`);
      }
      if (open.has(segment)) set(this.#known, { user, segment, value: got });
    }
    this.#open.delete(user);
    return { checked: segments.size, wrong };
  }
}

function set(map: Map<string, Segments>, { user, segment, value }: Change): void {
  const segments = map.get(user);
  if (segments) segments.set(segment, value);
  else map.set(user, new Map([[segment, value]]));
}

const show = (value: number | null): string => (value === null ? 'no membership' : `value ${value}`);
