/** One server-sent event. */
export interface ServerEvent {
  /** `message` where it has no name. */
  readonly name: string;
  readonly data: string;
}

/**
 * Server-sent events as they come. Comments, which only keep the connection alive, and what breaks off before its blank line are left
 * out; ids and retry times are not used here. Lines end with LF or CRLF.
 */
export async function* readEvents(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<ServerEvent, void, undefined> {
  const decoder = new TextDecoder();
  let text = '';
  let name = 'message';
  let data: string[] = [];
  for await (const piece of pieces) {
    const lines = (text + decoder.decode(piece, { stream: true })).split('\n');
    text = lines.pop() ?? '';
    for (const line of lines.map((ended) => ended.replace(/\r$/, ''))) {
      const [, field = '', value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
      if (line === '') {
        if (data.length > 0) yield { name, data: data.join('\n') };
        name = 'message';
        data = [];
      } else if (field === 'event') name = value;
      else if (field === 'data') data.push(value);
    }
  }
}
