/** What the process ends with. `serve` ends with the server's own codes instead (see its help). */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  notReachable: 3,
  dataDirectoryInUse: 4,
  notAuthorised: 5,
  damaged: 6,
  partlyRefused: 10,
  jobFailed: 11,
  httpError: 22,
  stopped: 130,
} as const;

export const exitCodeTexts: readonly (readonly [number, string])[] = [
  [exitCodes.ok, 'done'],
  [exitCodes.failed, 'failed, or refused; nothing half done is left where the text does not say so'],
  [exitCodes.usage, 'the command line is wrong'],
  [exitCodes.notReachable, 'no server answers'],
  [exitCodes.dataDirectoryInUse, 'the data directory is in use by a server that cannot be asked, or must be stopped first'],
  [exitCodes.notAuthorised, 'not logged in, wrong password, or not allowed'],
  [exitCodes.damaged, 'verify, restore: a file is damaged; the text names it'],
  [exitCodes.partlyRefused, 'batch, share: the job has completed, but lines, rows or segments of it were refused'],
  [exitCodes.jobFailed, 'batch, share: the job ended in error, or a share job was canceled; the text says why'],
  [exitCodes.httpError, 'curl: the server answered with HTTP status 400 or above'],
  [exitCodes.stopped, 'stopped by Ctrl-C'],
];

export const serverExitCodeTexts: readonly (readonly [number, string])[] = [
  [0, 'stopped in order'],
  [1, 'failed'],
  [2, 'the command line or a setting is wrong'],
  [3, 'the port is in use'],
  [4, 'the data directory, or the catalog in the database, is in use by another server'],
  [5, 'the data directory cannot be written'],
  [6, 'the data is damaged'],
  [7, 'accounts with test passwords, and a host beyond loopback'],
  [8, 'the database cannot be used'],
  [9, 'the data directory and the database do not belong together'],
];
