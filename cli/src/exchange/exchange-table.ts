import type { Call } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { cellText } from '../print-object.ts';
import { textTable } from '../text-table.ts';

type Item = Readonly<Record<string, unknown>>;

export interface ItemColumn {
  readonly title: string;
  readonly of: (item: Item) => unknown;
}

export const fieldColumn = (title: string): ItemColumn => ({ title, of: (item) => item[title] });

/** A list of the exchange: a table for people, with --json one object a line. Answers the exit code. */
export async function printItems(call: Call, what: string, items: AsyncIterable<Item>, columns: readonly ItemColumn[]): Promise<number> {
  const rows: string[][] = [];
  const read = async (): Promise<void> => {
    for await (const item of items) {
      if (call.json) call.printJson(item);
      else rows.push(columns.map(({ of }) => cellText(of(item))));
    }
  };
  await call.slowly(`reading ${what} …`, read());
  if (call.json) return exitCodes.ok;
  if (rows.length === 0) call.print(`no ${what}`);
  else
    for (const line of textTable(
      columns.map(({ title }) => ({ title })),
      rows,
    ))
      call.print(line);
  return exitCodes.ok;
}
