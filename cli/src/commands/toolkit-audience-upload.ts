import type { Command } from '../command.ts';
import { repeatedOptions, runToolkit, toolkitExitText } from '../toolkit/toolkit-run.ts';
import { uploadAudiences } from '../toolkit/upload-audiences.ts';

export const toolkitAudienceUpload: Command = {
  name: 'toolkit audience-upload',
  summary: 'send the files that jobs wait for',
  operands: [],
  options: repeatedOptions,
  examples: [
    'npx foyer toolkit audience-upload --config toolkit.properties',
    'npx foyer toolkit audience-upload -c toolkit.properties --every 60',
  ],
  details:
    'Files go out packed; large ones in several parts, each with the header. Then they move to done/, or to error/ where their content is\n' +
    'refused. After an interruption the next run goes on: a part that the exchange has is not loaded twice.\n' +
    toolkitExitText,
  run: (call) => runToolkit(call, 'audience-upload', uploadAudiences),
};
