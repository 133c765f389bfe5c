import type { FoyerClient } from '@foyer/sdk/client.ts';
import { FoyerError } from '@foyer/sdk/foyer-error.ts';
import type { BatchJob } from '@foyer/sdk/generated/wire.ts';
import { handedOverLines, hasEnded, outcomeOf, reportLines } from '../batch/job-report.ts';
import { cannotRead, openUpload, type OpenUpload } from '../batch/open-upload.ts';
import { FileSender, type Sending } from '../batch/send-file.ts';
import { waitForEnd } from '../batch/wait-for-job.ts';
import { ByteProgress } from '../byte-progress.ts';
import type { Call, Command } from '../command.ts';
import { CommandFailure } from '../command-failure.ts';
import { exitCodes } from '../exit-codes.ts';
import { loggedInClient } from '../logged-in-client.ts';
import { optionId } from '../read-id.ts';
import { serverOption } from '../server-url.ts';

const firstWaitMs = 1000;

export const batchUpload: Command = {
  name: 'batch upload',
  summary: 'upload a file of memberships, and again from where it stood after an interruption',
  operands: ['FILE'],
  options: {
    member: { type: 'string', placeholder: 'ID', description: 'for administrators: the member that uploads (default: your member)' },
    'validate-only': { type: 'boolean', description: 'everything but the write: the report says what would happen' },
    wait: { type: 'boolean', short: 'w', description: 'wait until the file is loaded, and end with the outcome' },
    again: { type: 'boolean', description: 'a job of its own, also where the same file was uploaded before' },
    server: serverOption,
  },
  examples: [
    'npx foyer batch upload users.txt --wait',
    'npx foyer batch upload users.txt.gz --validate-only --wait',
    'zcat parts/*.gz | npx foyer batch upload - --member 1432',
  ],
  details:
    'FILE is text in the format of the member (docs/concepts/batch.md) or Avro, plain or gzipped; - reads stdin. The same command again\n' +
    'goes on after an interruption: the job is known by an Idempotency-Key made of the member, --validate-only and the file (its length, the\n' +
    'time of its last change and the SHA-256 of all of it, not its name), so what has been uploaded is not sent twice. Uploads that break\n' +
    'off are begun again, up to five times; stdin and pipes cannot be. With --wait the exit code is the outcome: 0 all lines were taken, 10\n' +
    'some were refused, 11 the job ended in error. Ctrl-C while it waits leaves the job alone.',
  run: async (call) => {
    const request = { member: optionId(call, 'member') ?? null, validateOnly: call.flag('validate-only') };
    const client = await loggedInClient(call);
    const stop = new AbortController();
    const text = 'stopped before the whole file was uploaded; nothing is loaded. The same command again begins anew';
    const stopListening = call.surroundings.onStop(() => stop.abort(new CommandFailure(text, exitCodes.stopped)));
    const { job, sentNow } = await openUpload(call, request, call.flag('again'), stop.signal)
      .then((upload) => sendShown(call, client, upload, stop.signal))
      .finally(stopListening);
    if (!sentNow)
      call.say(`foyer: this file was uploaded as job ${job.job_id} at ${job.uploaded_time} (UTC) and is not sent twice; --again does`);
    if (call.flag('wait')) return report(call, await waitForEnd(call, client, job.job_id));
    // How far a small file has come by now is chance, and not for a script to meet.
    if (!sentNow && hasEnded(job)) return report(call, job);
    if (call.json) call.printJson(job);
    else for (const line of handedOverLines(job)) call.print(line);
    return exitCodes.ok;
  },
};

function report(call: Call, job: BatchJob): number {
  if (call.json) call.printJson(job);
  else for (const line of reportLines(job)) call.print(line);
  return outcomeOf(job);
}

/** Sends the file, and shows how far it is. */
async function sendShown(call: Call, client: FoyerClient, upload: OpenUpload, signal: AbortSignal): Promise<Sending> {
  const begin = (): ByteProgress => new ByteProgress(call.surroundings.stderr, 'sent', upload.size, performance.now());
  let progress = begin();
  const say = (line: string): void => {
    progress.finish();
    progress = begin();
    call.say(line);
  };
  const onSent = (bytes: number): void => progress.update(bytes, performance.now());
  try {
    return await new FileSender(client, upload, { signal, onSent, say, firstWaitMs }).send();
  } catch (error) {
    throw uploadFailure(error, upload);
  } finally {
    progress.finish();
  }
}

/** What the words of the client do not tell of an upload. */
function uploadFailure(error: unknown, { name, repeatable }: OpenUpload): unknown {
  if (error instanceof DOMException || isFileFault(error)) return cannotRead(name, error);
  if (error instanceof FoyerError && (error.status === 413 || error.status === 415 || (error.status === 429 && error.retryAfterS === null)))
    return new CommandFailure(`${name} is refused: ${error.message} (${error.errorCode})`, exitCodes.failed, { cause: error });
  if (error instanceof FoyerError && error.status >= 500 && !repeatable)
    return new CommandFailure(`${error.message}; ${name} cannot be sent twice, so run the command again`, exitCodes.failed, {
      cause: error,
    });
  return error;
}

/** A fault of the file system, as a disk's; those of the network come as NoAnswerError. */
const isFileFault = (error: unknown): boolean => error instanceof Error && 'syscall' in error && 'code' in error;
