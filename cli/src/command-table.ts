import type { Command } from './command.ts';
import { accessAccept } from './commands/access-accept.ts';
import { accessAsk } from './commands/access-ask.ts';
import { accessList } from './commands/access-list.ts';
import { accessRefuse } from './commands/access-refuse.ts';
import { accessRevoke } from './commands/access-revoke.ts';
import { accessWithdraw } from './commands/access-withdraw.ts';
import { accountCreate } from './commands/account-create.ts';
import { accountList } from './commands/account-list.ts';
import { accountPassword } from './commands/account-password.ts';
import { accountUpdate } from './commands/account-update.ts';
import { auditList } from './commands/audit-list.ts';
import { backup } from './commands/backup.ts';
import { batchCancel } from './commands/batch-cancel.ts';
import { batchList } from './commands/batch-list.ts';
import { batchRejects } from './commands/batch-rejects.ts';
import { batchStatus } from './commands/batch-status.ts';
import { batchUndo } from './commands/batch-undo.ts';
import { batchUpload } from './commands/batch-upload.ts';
import { completion } from './commands/completion.ts';
import { curl } from './commands/curl.ts';
import { demo } from './commands/demo.ts';
import { endpointDisable } from './commands/endpoint-disable.ts';
import { endpointList } from './commands/endpoint-list.ts';
import { endpointRegister } from './commands/endpoint-register.ts';
import { endpointRotateKey } from './commands/endpoint-rotate-key.ts';
import { importFile } from './commands/import.ts';
import { login } from './commands/login.ts';
import { logout } from './commands/logout.ts';
import { memberCreate } from './commands/member-create.ts';
import { memberList } from './commands/member-list.ts';
import { memberShow } from './commands/member-show.ts';
import { memberUpdate } from './commands/member-update.ts';
import { restore } from './commands/restore.ts';
import { segmentCreate } from './commands/segment-create.ts';
import { segmentDelete } from './commands/segment-delete.ts';
import { segmentList } from './commands/segment-list.ts';
import { segmentShow } from './commands/segment-show.ts';
import { segmentUpdate } from './commands/segment-update.ts';
import { serve } from './commands/serve.ts';
import { shareCreate } from './commands/share-create.ts';
import { shareDryRun } from './commands/share-dry-run.ts';
import { shareHistory } from './commands/share-history.ts';
import { shareList } from './commands/share-list.ts';
import { shareRun } from './commands/share-run.ts';
import { sharingCreate } from './commands/sharing-create.ts';
import { sharingDelete } from './commands/sharing-delete.ts';
import { sharingList } from './commands/sharing-list.ts';
import { sharingShow } from './commands/sharing-show.ts';
import { sharingUpdate } from './commands/sharing-update.ts';
import { syncReport } from './commands/sync-report.ts';
import { toolkitAudienceDownload } from './commands/toolkit-audience-download.ts';
import { toolkitAudienceRegister } from './commands/toolkit-audience-register.ts';
import { toolkitAudienceUpload } from './commands/toolkit-audience-upload.ts';
import { toolkitRegister } from './commands/toolkit-register.ts';
import { userShow } from './commands/user-show.ts';
import { verify } from './commands/verify.ts';

/** The contents page: every command, in the order of the help. Completion and docs/cli.md are made from it. */
export const commandTable: readonly Command[] = [
  serve,
  importFile,
  demo,
  backup,
  restore,
  verify,
  login,
  logout,
  curl,
  userShow,
  segmentList,
  segmentShow,
  segmentCreate,
  segmentUpdate,
  segmentDelete,
  batchUpload,
  batchStatus,
  batchList,
  batchRejects,
  batchUndo,
  batchCancel,
  memberList,
  memberShow,
  memberCreate,
  memberUpdate,
  accountList,
  accountCreate,
  accountUpdate,
  accountPassword,
  sharingList,
  sharingShow,
  sharingCreate,
  sharingUpdate,
  sharingDelete,
  accessList,
  accessAsk,
  accessAccept,
  accessRefuse,
  accessWithdraw,
  accessRevoke,
  auditList,
  syncReport,
  endpointRegister,
  endpointList,
  endpointDisable,
  endpointRotateKey,
  shareCreate,
  shareRun,
  shareList,
  shareDryRun,
  shareHistory,
  toolkitRegister,
  toolkitAudienceRegister,
  toolkitAudienceUpload,
  toolkitAudienceDownload,
  completion(() => commandTable),
];
