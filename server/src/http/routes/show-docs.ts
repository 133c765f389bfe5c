import { docsPage } from '../docs-page.ts';
import { pageHeaders } from '../html.ts';
import type { OpenOperation, Operation } from '../operation.ts';

/** `GET /docs`: every route of this server, readable, without anything from elsewhere (additions.md section 10). */
export const showDocs = (operations: () => readonly Operation[]): OpenOperation => {
  let page: string | undefined;
  return {
    id: 'showDocs',
    method: 'GET',
    paths: ['/docs'],
    summary: 'This API, readable',
    access: 'anyone',
    wire: { answer: 'bare' },
    handle() {
      page ??= docsPage(operations());
      return { status: 200, headers: pageHeaders, body: page };
    },
  };
};
