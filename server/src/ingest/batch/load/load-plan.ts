import type { LineForm } from '../parse/line-form.ts';

/** How a job is loaded, decided when it begins and kept with it: begun anew, it makes the same chunks again. */
export interface LoadPlan {
  readonly form: LineForm;
  readonly knownUsersOnly: boolean;
  readonly validateOnly: boolean;
  /** Are before-images written, so that the job can be undone? */
  readonly undo: boolean;
  readonly errorLogLines: number;
  /** More lines of a wrong format or with an invalid user end the job. */
  readonly mostInvalid: number;
  readonly eidSources: readonly string[];
}
