/**
 * Where an operation departs from the rules by which tools/make-sdk.ts writes the sdk. The rules: the key of an object is the route's
 * name with `_`, of several that with an s; `list…` answers a page, POST and PUT the object with its id, DELETE a count.
 */

export interface OperationShape {
  /** The objects' name in TypeScript. */
  readonly name?: string;
  /** The answer's type; `$` is that of the object. */
  readonly answer?: string;
  /** bare: the body's schema is the whole body. none: nothing is sent, although it is a POST. */
  readonly body?: 'bare' | 'none';
  /** Where there is no schema. */
  readonly bodyType?: string;
  /** Its method is not written here: the client has one that reads the answer as it comes (sdk/src/batch-operations.ts). */
  readonly streamed?: true;
}

/** By operation, or by its route. */
export const shapes: Readonly<Record<string, OperationShape>> = {
  'POST /v2/auth/jwt': { body: 'bare', bodyType: 'string', answer: '{ readonly token: string }' },
  addUsers: { name: 'InstantCall', answer: 'InstantAnswer' },
  cancelBatchJob: { body: 'none' },
  createBackup: { answer: '{ readonly backup: Backup }' },
  createBatchJob: { name: 'RequestedBatchJob', body: 'none' },
  enableDataProvider: { name: 'DataBuyerProvider' },
  followBatchJob: { streamed: true },
  getProcessed: { name: 'ProcessedHour', answer: '{ readonly report: $ | $[] }' },
  importCatalog: { body: 'bare', bodyType: 'string | Uint8Array', answer: '{ readonly import: ImportResult }' },
  linkIdentifiers: { name: 'IdentityLinking', answer: '$' },
  logIn: { name: 'Login', answer: '{ readonly token: string }' },
  lookUpUser: { name: 'UserLookup', answer: '$' },
  readBatchRejects: { streamed: true },
  readMetrics: { answer: 'string' },
  reportSyncs: { name: 'SyncReport', answer: '$' },
  segmentStats: { name: 'SegmentStats', answer: '{ readonly count: number; readonly segment_stats: $[] }' },
  undoBatchJob: { body: 'none' },
  updateAccount: { answer: "OneAnswer<'user', Account>" },
};

/** Types of fields that are answered otherwise than they are sent, by type and field. */
export const answeredFields: Readonly<Record<string, string>> = {
  // The platform's own member is there from the start; no other can be made.
  'Member.primary_type': "'platform' | 'network' | 'buyer' | 'seller' | 'data_provider' | 'bidder'",
  // "0" in GET, 0 in POST and PUT (platform.md section 5).
  'Segment.price': 'number | string',
};
