import { defaultServerUrl } from './server-url.ts';
import { shownUserId } from './demo/run-demo.ts';
import { providerCode } from './demo/demo-state.ts';

/** Lines to copy and paste, for a server that holds the demo. They need nothing but the password that `login` asks for. */
export function firstLines(url: string, segmentIds: readonly number[]): string[] {
  const server = url === defaultServerUrl ? '' : ` --server ${url}`;
  return [
    `npx foyer login --username ${providerCode}${server}`,
    `npx foyer user show ${shownUserId}`,
    `npx foyer curl '/segment-stats?id=${segmentIds.slice(0, 3).join(',')}'`,
  ];
}
