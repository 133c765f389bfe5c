import { Type, type TSchema } from 'typebox';

/** One setting of the server. Its environment name, its place in `--help` and its row in docs/configuration.md come from here. */
export interface Option<Schema extends TSchema = TSchema> {
  readonly schema: Schema;
  readonly default: unknown;
  readonly description: string;
  readonly secret: boolean;
  /** The flag of `foyer serve` that sets it too. */
  readonly flag?: string;
}

const whole = (minimum: number, maximum = Number.MAX_SAFE_INTEGER) => Type.Integer({ minimum, maximum });
const list = Type.Array(Type.String({ minLength: 1 }));

/** Every option there is. The environment name is FOYER_ and the key in capitals with underscores (`trustProxy`: FOYER_TRUST_PROXY). */
export const options = {
  data: {
    schema: Type.String({ minLength: 1 }),
    default: './data',
    description: 'The data directory: catalog, profiles, files. One server at a time.',
    secret: false,
    flag: '--data',
  },
  databaseUrl: {
    schema: Type.String({ pattern: '^(postgres(ql)?://.+)?$', patternFault: 'must be like postgres://USER:PASSWORD@HOST:PORT/DATABASE' }),
    default: '',
    description:
      'A PostgreSQL database (13 or newer) that holds the catalog: postgres://USER:PASSWORD@HOST:PORT/DATABASE. Empty: SQLite in the data directory.',
    secret: true,
  },
  databaseReaders: {
    schema: whole(1, 100),
    default: 8,
    description: 'Connections to PostgreSQL that read side by side, opened as they are needed. Two more write and listen.',
    secret: false,
  },
  host: {
    schema: Type.String({ minLength: 1 }),
    default: '127.0.0.1',
    description: 'Address to listen on. Beyond loopback, put TLS in front and set FOYER_TRUST_PROXY or FOYER_PUBLIC_URL.',
    secret: false,
    flag: '--host',
  },
  port: { schema: whole(0, 65535), default: 8080, description: 'Port to listen on; 0 takes any free one.', secret: false, flag: '--port' },
  publicUrl: {
    schema: Type.String(),
    default: '',
    description: 'The address by which clients reach this server, such as https://foyer.example. https here makes cookies Secure.',
    secret: false,
  },
  trustProxy: {
    schema: whole(0, 16),
    default: 0,
    description: 'How many proxies stand in front. At 0, X-Forwarded-For, -Host and -Proto change nothing.',
    secret: false,
  },
  allowWeak: {
    schema: Type.Boolean(),
    default: false,
    description: 'Listen beyond loopback although accounts with test passwords are active.',
    secret: false,
  },
  allowPrivateEndpoints: {
    schema: Type.Boolean(),
    default: false,
    description:
      'Let endpoints of the exchange be at http, loopback and private addresses. Link-local, multicast, unspecified and reserved ones stay refused.',
    secret: false,
  },
  hotRoutes: {
    schema: Type.Boolean(),
    default: true,
    description: 'Answer the hot routes before the web framework. Off: their slow twins answer, with the same results.',
    secret: false,
  },
  rtRateLimit: {
    schema: Type.Boolean(),
    default: true,
    description: 'Apply the default limits of the instant service. 0 lifts the defaults; limits set for a member still hold.',
    secret: false,
  },
  eidSources: {
    schema: list,
    default: ['liveramp.com', 'netid.de'],
    description: 'Sources whose extended ids (eids) are accepted.',
    secret: false,
  },
  mappingTtlS: {
    schema: whole(1, 4_000_000_000),
    default: 1_512_000,
    description: 'Seconds for which an external id names the user to whom it was mapped or linked last (2.5 weeks).',
    secret: false,
  },
  holdExternal: {
    schema: Type.Boolean(),
    default: false,
    description: 'Keep memberships of external ids that are not mapped, until they are. Off: such ids are invalid.',
    secret: false,
  },
  eraseDays: {
    schema: whole(2, 36_500),
    default: 30,
    description:
      'Days within which what an opt-out or a deletion ended is out of log, snapshots and statistics. Backups and copies are the operator’s.',
    secret: false,
  },
  redirectHosts: {
    schema: list,
    default: ['*'],
    description:
      'Hosts to which getuid and pixels may redirect: names, *.name for all names below it, * for every host. Members add theirs with /sync-host.',
    secret: false,
  },
  pixelUsers: {
    schema: Type.Union([Type.Literal('any'), Type.Literal('minted')]),
    default: 'any',
    description:
      'Whose cookies user sync and pixels take. any: every well-formed uuid2. minted: those that this server made, so that nobody writes for users of its own choosing.',
    secret: false,
  },
  cookiePartitioned: {
    schema: Type.Boolean(),
    default: false,
    description:
      'Mark the cookie Partitioned. A browser then has another id on every site that calls us, which ends user sync between sites.',
    secret: false,
  },
  tcfVendorId: {
    schema: whole(0, 65_535),
    default: 0,
    description:
      'Number of the operator on the global vendor list: where GDPR applies, that vendor needs consent too. 0: none is asked for.',
    secret: false,
  },
  reachFloor: {
    schema: whole(1),
    default: 1000,
    description: "Numbers of users in other members' segments are never told below this.",
    secret: false,
  },
  impbusHosts: {
    schema: list,
    default: ['api.adnxs.com'],
    description: 'Host names on which GET /batch-segment answers one job in an array, as the impression bus does.',
    secret: false,
  },
  batchTextBytes: {
    schema: whole(1024),
    default: 10_737_418_240,
    description: 'Bytes that an uploaded file may have when it is unpacked; a larger one ends in an error and has no effect.',
    secret: false,
  },
  batchJobsAtOnce: {
    schema: whole(1, 16),
    default: 2,
    description: 'Batch files that are loaded at once; those of one member follow each other.',
    secret: false,
  },
  shareJobsAtOnce: {
    schema: whole(1, 64),
    default: 8,
    description: "Jobs of the exchange that run at once; waiting for another company's server counts.",
    secret: false,
  },
  drop: {
    schema: Type.String({ pattern: '^(s3://[^/]+(/.*)?|(?!s3:).*)$', patternFault: 'must be a directory or like s3://BUCKET/PREFIX' }),
    default: '',
    description:
      'Where members drop files: a directory, or s3://BUCKET/PREFIX. Files in MEMBER_ID/submitted/ are loaded and moved to done/ or failed/. Empty: nowhere.',
    secret: false,
  },
  dropScanS: { schema: whole(1, 86_400), default: 300, description: 'Seconds between two looks at the drop folders.', secret: false },
  dropEndpoint: {
    schema: Type.String({ pattern: '^(https?://.+)?$', patternFault: 'must be like https://HOST' }),
    default: '',
    description:
      'The address of an S3-compatible store for FOYER_DROP. Empty: Amazon S3. Region and keys come from the usual AWS_ variables.',
    secret: false,
  },
  secretKey: {
    schema: Type.String({
      pattern: '^([0-9a-fA-F]{64}|[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=?)?$',
      patternFault: 'must be 64 hex digits or base64 of 32 bytes',
    }),
    default: '',
    description:
      'The key that seals exchanged files and connection secrets: 64 hex digits or base64 of 32 bytes. Empty: one is made in the data directory. What another key sealed cannot be read any more.',
    secret: true,
  },
  durability: {
    schema: Type.Union([Type.Literal('fsync'), Type.Literal('os')]),
    default: 'fsync',
    description: 'fsync: acknowledged writes survive a power failure. os: they survive a crash of the process, not of the machine.',
    secret: false,
  },
  logCutBytes: {
    schema: whole(1_048_576),
    default: 268_435_456,
    description: 'Size of the profile log at which a snapshot is written and the log cut.',
    secret: false,
  },
  uniquesBytes: {
    schema: whole(0),
    default: 268_435_456,
    description:
      'Bytes that the sets of distinct users by segment and day take at most. Beyond it the largest become estimates (approximate: true).',
    secret: false,
  },
  maxMembershipsPerProfile: {
    schema: whole(1, 4095),
    default: 4095,
    description: 'Most memberships that one profile holds; more are refused.',
    secret: false,
  },
  maxLinksPerUser: {
    schema: whole(1, 1_000_000),
    default: 4096,
    description: 'Most identifiers that may be linked to one user; more are refused.',
    secret: false,
  },
  memoryLimit: {
    schema: whole(0),
    default: 0,
    description:
      'Bytes of memory that the server may use. At 90% of it no new users are taken; known ones, removals and lookups go on. 0: 80% of what the container or else the machine has.',
    secret: false,
  },
  auditDays: { schema: whole(1, 36_500), default: 400, description: 'Days for which events of the audit trail are kept.', secret: false },
  bodyLimitBytes: {
    schema: whole(1024),
    default: 10_485_760,
    description: 'Largest request body of REST routes; larger ones answer 413. The instant service has its own (1048576).',
    secret: false,
  },
  importLimitBytes: { schema: whole(1024), default: 268_435_456, description: 'Largest file that an import takes.', secret: false },
  logLevel: {
    schema: Type.Union(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'].map((level) => Type.Literal(level))),
    default: 'info',
    description: 'Least level of log lines.',
    secret: false,
  },
  logSample: {
    schema: whole(0),
    default: 1000,
    description: 'On hot routes one of so many ordinary requests is logged; errors and slow calls always are. 0: none.',
    secret: false,
  },
  slowCallMs: { schema: whole(1), default: 500, description: 'A hot call that takes longer is logged.', secret: false },
  passwordQueue: {
    schema: whole(1),
    default: 64,
    description: 'Logins that may wait for password hashing, which runs one at a time; more are answered 503.',
    secret: false,
  },
  tasksAtOnce: {
    schema: whole(1, 64),
    default: 2,
    description: 'Background tasks that this server does at once.',
    secret: false,
  },
  metricsToken: {
    schema: Type.String(),
    default: '',
    description: 'A token that reads /metrics from beyond loopback, sent as Bearer. Empty: loopback and admins only.',
    secret: true,
  },
} as const satisfies Record<string, Option>;

export type OptionName = keyof typeof options;

/** `trustProxy` → `FOYER_TRUST_PROXY`. */
export const environmentName = (name: string): string => `FOYER_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
