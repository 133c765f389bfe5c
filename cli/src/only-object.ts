import { CommandFailure } from './command-failure.ts';

/** The one object that was asked for by its id. */
export function onlyObject<Item>(objects: readonly Item[], what: string, id: number): Item {
  const [object] = objects;
  if (object === undefined) throw new CommandFailure(`there is no ${what} with id ${id}`);
  return object;
}
