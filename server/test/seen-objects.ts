import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Objects that are to be garbage later. */
export class Seen {
  readonly #objects: WeakRef<object>[] = [];

  get count(): number {
    return this.#objects.length;
  }

  add<T extends object>(object: T): T {
    this.#objects.push(new WeakRef(object));
    return object;
  }

  /** How many of them something still holds. */
  async left(): Promise<number> {
    // An object stays for the turn in which its reference was made or read.
    await turn();
    collectGarbage();
    return this.#objects.filter((object) => object.deref() !== undefined).length;
  }
}
