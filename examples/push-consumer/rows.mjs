/** CSV as the exchange sends it (exchange.md section 3): quotes, doubled inside; CRLF. An empty cell without quotes is null. */
function parseCsv(text) {
  const rows = [];
  let row = [];
  const cells = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/gy;
  for (let match; cells.lastIndex < text.length && (match = cells.exec(text)) !== null;) {
    const [, quoted, plain, end] = match;
    row.push(quoted === undefined ? (plain === '' ? null : plain) : quoted.replaceAll('""', '"'));
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  if (cells.lastIndex < text.length) throw new Error(`row ${rows.length + 1} is not CSV`);
  return rows;
}

const cell = (value) => (value === null ? '' : value === '' || /[",\r\n]|^\s|\s$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

export const formatCsv = ({ columns, rows }) => [columns, ...rows.values()].map((row) => `${row.map(cell).join(',')}\r\n`).join('');

/** Rows by the first column, which is the identifier; a later row of the same one wins. */
export function tableOf(text) {
  const [columns = [], ...rows] = parseCsv(text.replace(/^\uFEFF/, ''));
  return { columns, rows: new Map(rows.map((row) => [row[0], row])) };
}

/** What each action makes of the rows that are held and those that were sent. */
export const changes = {
  /** An empty cell leaves the value that is there. */
  ADD(held, sent) {
    const columns = [...new Set([...held.columns, ...sent.columns])];
    const widened = (row, from) => columns.map((column) => row?.[from.indexOf(column)] ?? null);
    const rows = new Map([...held.rows].map(([id, row]) => [id, widened(row, held.columns)]));
    for (const [id, row] of sent.rows) {
      const before = rows.get(id) ?? [];
      rows.set(
        id,
        widened(row, sent.columns).map((value, at) => value ?? before[at] ?? null),
      );
    }
    return { columns, rows };
  },
  REPLACE: (_held, sent) => sent,
  REMOVE: ({ columns, rows }, sent) => ({ columns, rows: new Map([...rows].filter(([id]) => !sent.rows.has(id))) }),
};
