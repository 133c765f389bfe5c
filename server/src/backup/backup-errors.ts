import { defineRefusals } from '../kit/refusal.ts';

export const backupErrors = defineRefusals('backup', {
  operatorOnly: {
    errorId: 'UNAUTH',
    text: "Backups are made with the operator's token alone, which stands in the data directory of the server",
  },
  notAbsolute: { errorId: 'SYNTAX', text: "backup.directory must be an absolute path on the server's machine, not '{directory}'" },
  insideData: { errorId: 'INTEGRITY', text: "'{directory}' is in the data directory itself; name a directory elsewhere" },
  notEmpty: {
    errorId: 'INTEGRITY',
    text: "'{directory}' holds something already; a backup goes into a directory that does not exist or is empty",
  },
  running: { errorId: 'INTEGRITY', text: 'Another backup is being made; try again when it is done' },
  notWritten: {
    errorId: 'SYSTEM',
    status: 503,
    text: "The backup could not be written to '{directory}' ({reason}); nothing is left of it",
  },
});
