import { Type } from 'typebox';
import { type AccountOperation, writing } from '../../http/operation.ts';
import { readOne } from '../../http/read-body.ts';
import { readObject, requireFields } from '../../http/read-object.ts';
import { refusal } from '../../kit/refusal.ts';
import { backupErrors } from '../backup-errors.ts';
import { type BackupParts, makeBackup } from '../make-backup.ts';

const backupSchema = Type.Object({
  directory: Type.Optional(Type.String({ minLength: 1, maxLength: 4096, description: "An absolute path on the server's machine" })),
});

/**
 * `POST /backup`: all of the server's data into a directory of its machine, while it goes on. For the operator's token alone: an
 * administrator who is elsewhere has no business with the machine's file system.
 */
export function createBackup(parts: BackupParts): AccountOperation {
  let running = false;
  return {
    id: 'createBackup',
    method: 'POST',
    paths: ['/backup'],
    summary: "Write a backup into a directory of the server's machine (the operator)",
    access: { ...writing, throttled: false, adminOnly: true },
    body: backupSchema,
    async handle(call) {
      if (call.caller.accountId !== null) throw refusal(backupErrors.operatorOnly);
      const sent = readObject(backupSchema, readOne(call.body, 'backup', call.warnings), 'backup', call.warnings);
      requireFields(sent, ['directory'], 'backup');
      if (running) throw refusal(backupErrors.running);
      running = true;
      try {
        return { fields: { backup: await makeBackup(parts, sent.directory ?? '') }, outputTerm: 'backup' };
      } finally {
        running = false;
      }
    },
  };
}
