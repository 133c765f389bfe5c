import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const notePath = (folder: string, jobId: string): string => join(folder, `.upload-${jobId}`);

/** A job has some parts of several from now on. Should this process die, the next run finds it by this note and sends all parts again. */
export const noteUpload = (folder: string, jobId: string): void => writeFileSync(notePath(folder, jobId), '');

export const isUnderWay = (folder: string, jobId: string): boolean => existsSync(notePath(folder, jobId));

export const forgetUpload = (folder: string, jobId: string): void => rmSync(notePath(folder, jobId), { force: true });
