import type { Command } from '../command.ts';
import { registerAudiences } from '../toolkit/register-audiences.ts';
import { repeatedOptions, runToolkit, toolkitExitText } from '../toolkit/toolkit-run.ts';

export const toolkitAudienceRegister: Command = {
  name: 'toolkit audience-register',
  summary: 'offer the files of a folder as audiences',
  operands: [],
  options: {
    ...repeatedOptions,
    replace: { type: 'boolean', description: 'the list becomes what is in the folder: audiences whose files are gone are withdrawn' },
  },
  examples: [
    'npx foyer toolkit audience-register --config toolkit.properties',
    'npx foyer toolkit audience-register -c toolkit.properties --every 60',
  ],
  details:
    'UBXSegment_NAME.csv is the audience NAME; other names are ignored. Its id is made of the name, its columns are those of the first line.\n' +
    'Only what is new or has changed is sent. An audience stays offered when its file has moved to done/.\n' +
    toolkitExitText,
  run: (call) => runToolkit(call, 'audience-register', (run) => registerAudiences(run, call.flag('replace'))),
};
