import type { Command } from '../command.ts';
import { downloadAudiences } from '../toolkit/download-audiences.ts';
import { repeatedOptions, runToolkit, toolkitExitText } from '../toolkit/toolkit-run.ts';

export const toolkitAudienceDownload: Command = {
  name: 'toolkit audience-download',
  summary: 'fetch the files of jobs that are ready, and report them loaded',
  operands: [],
  options: repeatedOptions,
  examples: [
    'npx foyer toolkit audience-download --config toolkit.properties',
    'npx foyer toolkit audience-download -c toolkit.properties --every 60',
  ],
  details:
    'JOB_1.csv, JOB_2.csv and so on are written under another name (.part) and renamed when they are whole; JOB.json is there before\n' +
    'them and holds the job: the action, the audience, the mapping. What breaks off is fetched from where it stood. The job is then\n' +
    'reported COMPLETE, or FAILED where there is no room for it.\n' +
    toolkitExitText,
  run: (call) => runToolkit(call, 'audience-download', downloadAudiences),
};
