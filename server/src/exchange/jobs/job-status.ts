/** exchange.md section 2.6, misspelt exactly so. */
export const jobStatuses = [
  'CREATED',
  'WAITING_TO_RECIEVE_DATA',
  'RECEIVING_DATA',
  'READY_FOR_DOWNLOAD',
  'SENDING_DATA',
  'COMPLETE',
  'FAILED',
  'CANCELED',
] as const;
export type JobStatus = (typeof jobStatuses)[number];

/** What people see (exchange.md section 2.6). */
export type JobState = 'Pending' | 'Running' | 'Complete' | 'Canceled' | 'Failed';

const states: Readonly<Record<JobStatus, JobState>> = {
  CREATED: 'Pending',
  WAITING_TO_RECIEVE_DATA: 'Pending',
  RECEIVING_DATA: 'Running',
  READY_FOR_DOWNLOAD: 'Running',
  SENDING_DATA: 'Running',
  COMPLETE: 'Complete',
  FAILED: 'Failed',
  CANCELED: 'Canceled',
};

export const stateOf = (status: JobStatus): JobState => states[status];
export const hasEnded = (status: JobStatus): boolean => status === 'COMPLETE' || status === 'FAILED' || status === 'CANCELED';
