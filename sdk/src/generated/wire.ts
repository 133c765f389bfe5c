// Made from the server's operations by tools/make-sdk.ts; not to be edited.

export interface Account {
  id: number;
  username: string;
  first_name: string;
  last_name: string;
  email: string;
  phone: string | null;
  user_type: 'admin' | 'member' | 'bidder';
  read_only: boolean;
  api_login: boolean;
  entity_id: number;
  entity_name: string;
  state: 'active' | 'inactive';
  timezone: string;
  password_expires_on: string | null;
  last_modified: string;
}

export interface AccountBody {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly first_name?: string | undefined;
  readonly last_name?: string | undefined;
  readonly email?: string | undefined;
  readonly phone?: string | null | undefined;
  readonly user_type?: 'admin' | 'member' | 'bidder' | undefined;
  readonly read_only?: boolean | undefined;
  readonly api_login?: boolean | undefined;
  readonly entity_id?: number | undefined;
  readonly state?: 'active' | 'inactive' | undefined;
  readonly password_expires_on?: string | null | undefined;
}

export interface AccountKey {
  /** Shown once */
  key: string;
}

export interface Advertiser {
  id: number;
  member_id: number;
  name: string;
  code: string | null;
  state: 'active' | 'inactive';
  last_modified: string;
}

export interface AdvertiserBody {
  readonly name?: string | undefined;
  readonly code?: string | null | undefined;
  readonly state?: 'active' | 'inactive' | undefined;
}

export interface Application {
  applicationId: number;
  deploymentId: number;
  /** Whose it is */
  memberId: number;
  /** DRAFT, IN_REVIEW, APPROVED or REJECTED */
  state: string;
  authType: string | null;
  providerName: string;
  description?: string | null | undefined;
  /** Where it is called, https */
  url?: string | undefined;
  hashAlgorithm?: 'NONE' | 'MD5' | 'SHA1' | 'SHA256' | 'EMAIL_SHA256' | 'PHONE_SHA256' | undefined;
  endpointTypes: {
    segment?: {
      source?: {
        enabled: boolean;
        /** Where it is called, https */
        url?: string | undefined;
        dataWindow?: number | undefined;
        sourceType?: 'push' | 'pull' | undefined;
        producerType?: 'push' | 'pull' | undefined;
      } | undefined;
      producer?: {
        enabled: boolean;
        /** Where it is called, https */
        url?: string | undefined;
        dataWindow?: number | undefined;
        sourceType?: 'push' | 'pull' | undefined;
        producerType?: 'push' | 'pull' | undefined;
      } | undefined;
      destination?: {
        enabled: boolean;
        /** Where it is called, https */
        url?: string | undefined;
        dataWindow?: number | undefined;
        destinationType?: 'push' | 'pull' | undefined;
        consumerType?: 'push' | 'pull' | undefined;
        /** ADD alone where it is absent */
        shareActions?: ('ADD' | 'REPLACE' | 'REMOVE')[] | undefined;
      } | undefined;
      consumer?: {
        enabled: boolean;
        /** Where it is called, https */
        url?: string | undefined;
        dataWindow?: number | undefined;
        destinationType?: 'push' | 'pull' | undefined;
        consumerType?: 'push' | 'pull' | undefined;
        /** ADD alone where it is absent */
        shareActions?: ('ADD' | 'REPLACE' | 'REMOVE')[] | undefined;
      } | undefined;
    } | undefined;
    /** Events are no part of this exchange */
    event?: Record<string, never> | undefined;
  };
  marketingDatabasesDefinition?: {
    marketingDatabases: {
      id?: number | string | undefined;
      name: string;
      description?: string | null | undefined;
      identifiers?: {
        name: string;
        type: string;
        isRequired?: boolean | undefined;
      }[] | undefined;
      attributes?: {
        name: string;
        type: string;
        isRequired?: boolean | undefined;
      }[] | undefined;
    }[];
  } | undefined;
  displayName: string;
  connectType?: 'DIRECTCONNECT' | 'INSTRUCTIONS' | undefined;
  instructions?: string | null | undefined;
}[]

export interface ApplicationBody {
  readonly providerName: string;
  readonly description?: string | null | undefined;
  /** Where it is called, https */
  readonly url?: string | undefined;
  readonly hashAlgorithm?: 'NONE' | 'MD5' | 'SHA1' | 'SHA256' | 'EMAIL_SHA256' | 'PHONE_SHA256' | undefined;
  readonly endpointTypes: {
    readonly segment?: {
      readonly source?: {
        readonly enabled: boolean;
        /** Where it is called, https */
        readonly url?: string | undefined;
        readonly dataWindow?: number | undefined;
        readonly sourceType?: 'push' | 'pull' | undefined;
        readonly producerType?: 'push' | 'pull' | undefined;
      } | undefined;
      readonly producer?: {
        readonly enabled: boolean;
        /** Where it is called, https */
        readonly url?: string | undefined;
        readonly dataWindow?: number | undefined;
        readonly sourceType?: 'push' | 'pull' | undefined;
        readonly producerType?: 'push' | 'pull' | undefined;
      } | undefined;
      readonly destination?: {
        readonly enabled: boolean;
        /** Where it is called, https */
        readonly url?: string | undefined;
        readonly dataWindow?: number | undefined;
        readonly destinationType?: 'push' | 'pull' | undefined;
        readonly consumerType?: 'push' | 'pull' | undefined;
        /** ADD alone where it is absent */
        readonly shareActions?: readonly ('ADD' | 'REPLACE' | 'REMOVE')[] | undefined;
      } | undefined;
      readonly consumer?: {
        readonly enabled: boolean;
        /** Where it is called, https */
        readonly url?: string | undefined;
        readonly dataWindow?: number | undefined;
        readonly destinationType?: 'push' | 'pull' | undefined;
        readonly consumerType?: 'push' | 'pull' | undefined;
        /** ADD alone where it is absent */
        readonly shareActions?: readonly ('ADD' | 'REPLACE' | 'REMOVE')[] | undefined;
      } | undefined;
    } | undefined;
    /** Events are no part of this exchange */
    readonly event?: Record<string, never> | undefined;
  };
  readonly marketingDatabasesDefinition?: {
    readonly marketingDatabases: readonly {
      readonly id?: number | string | undefined;
      readonly name: string;
      readonly description?: string | null | undefined;
      readonly identifiers?: readonly {
        readonly name: string;
        readonly type: string;
        readonly isRequired?: boolean | undefined;
      }[] | undefined;
      readonly attributes?: readonly {
        readonly name: string;
        readonly type: string;
        readonly isRequired?: boolean | undefined;
      }[] | undefined;
    }[];
  } | undefined;
  readonly displayName: string;
  readonly connectType?: 'DIRECTCONNECT' | 'INSTRUCTIONS' | undefined;
  readonly instructions?: string | null | undefined;
}

export interface ApplicationReview {
  id: number;
  member_id: number;
  requested_on: string;
  decided_on: string | null;
  last_modified: string;
  application_id: number;
  state: 'DRAFT' | 'IN_REVIEW' | 'APPROVED' | 'REJECTED';
  reason: string | null;
}

export interface ApplicationReviewBody {
  readonly application_id?: number | undefined;
}

export interface Audience {
  endpointId: number;
  endpointName: string;
  providerName: string | null;
  segmentId: string;
  name: string;
  description: string | null;
  type: string | null;
  /** Null: unknown */
  count: number | null;
  lastModified: string | null;
  lastRefreshed: string;
  /** The member that shares it by a sharing record */
  sharedBy: number | null;
}[]

export interface AuditEvent {
  id: number;
  created_on: string;
  request_id: string | null;
  account_id: number | null;
  username: string | null;
  account_member_id: number | null;
  member_id: number;
  operation: string;
  object_type: string;
  object_id: string;
  before: Record<string, never> | null;
  after: Record<string, never> | null;
}

export interface BackupBody {
  /** An absolute path on the server's machine */
  readonly directory?: string | undefined;
}

export interface BatchConfig {
  id: number;
  member_id: number;
  separator_1: string | null;
  separator_2: string | null;
  separator_3: string | null;
  separator_4: string | null;
  separator_5: string | null;
  segment_fields: unknown;
  default_expiration: number;
  default_domain: string;
  use_external_uids: boolean;
  uses_external_uids: boolean;
  external_member_uid: number | null;
  member_segment_access: {
    segment_owner_member_id: number;
  }[];
  num_error_log_lines: number;
  num_invalid_before_error: number;
  max_concurrent_uploads: number | null;
  hourly_byte_limit: number | null;
  daily_byte_limit: number | null;
  hourly_num_lines_limit: number | null;
  daily_num_lines_limit: number | null;
  use_specific_geo: boolean;
  require_known_users: boolean;
  file_byte_limit: number | null;
  undo_days: number;
  instant_posts_per_second: number | null;
  instant_reads_per_second: number | null;
  instant_users_per_second: number | null;
  link_identifiers: 'all' | 'external' | 'none';
  created_on: string;
  last_modified: string;
}

export interface BatchConfigBody {
  readonly member_id?: number | undefined;
  readonly separator_1?: string | null | undefined;
  readonly separator_2?: string | null | undefined;
  readonly separator_3?: string | null | undefined;
  readonly separator_4?: string | null | undefined;
  readonly separator_5?: string | null | undefined;
  readonly segment_fields?: unknown | undefined;
  readonly default_expiration?: number | undefined;
  readonly default_domain?: string | undefined;
  readonly use_external_uids?: boolean | undefined;
  readonly uses_external_uids?: boolean | undefined;
  readonly external_member_uid?: number | null | undefined;
  readonly member_segment_access?: readonly {
    readonly segment_owner_member_id: number;
  }[] | undefined;
  readonly num_error_log_lines?: number | undefined;
  readonly num_invalid_before_error?: number | undefined;
  readonly max_concurrent_uploads?: number | null | undefined;
  readonly hourly_byte_limit?: number | null | undefined;
  readonly daily_byte_limit?: number | null | undefined;
  readonly hourly_num_lines_limit?: number | null | undefined;
  readonly daily_num_lines_limit?: number | null | undefined;
  readonly use_specific_geo?: boolean | undefined;
  readonly require_known_users?: boolean | undefined;
  readonly file_byte_limit?: number | null | undefined;
  readonly undo_days?: number | undefined;
  readonly instant_posts_per_second?: number | null | undefined;
  readonly instant_reads_per_second?: number | null | undefined;
  readonly instant_users_per_second?: number | null | undefined;
  readonly link_identifiers?: 'all' | 'external' | 'none' | undefined;
}

export interface BatchJob {
  id: number;
  job_id: string;
  member_id: number;
  kind: 'upload' | 'drop' | 'undo';
  phase: 'starting' | 'uploading' | 'validating' | 'processing' | 'completed' | 'error';
  error_code: 'uploading-error' | 'validating-error' | 'processing-error' | null;
  error: string | null;
  start_time: string | null;
  uploaded_time: string | null;
  validated_time: string | null;
  completed_time: string | null;
  /** Minutes from the end of the upload to the end of the job */
  time_to_process: string;
  percent_complete: number;
  rows_per_second: number | null;
  seconds_left: number | null;
  num_valid: number;
  num_valid_user: number;
  num_invalid_user: number;
  num_invalid_format: number;
  num_invalid_segment: number;
  num_unauth_segment: number;
  num_inactive_segment: number;
  num_invalid_timestamp: number;
  num_past_expiration: number;
  num_other_error: number;
  num_added: number;
  num_refreshed: number;
  num_removed: number;
  num_newer: number;
  num_lines: number | null;
  bytes: number | null;
  error_log_lines: string | null;
  segment_log_lines: string | null;
  validate_only: boolean;
  file_name: string | null;
  undo_of: number | null;
  undo_until: string | null;
  undo_bytes: number;
  created_on: string;
  last_modified: string;
}

export interface ConnectEndpointBody {
  readonly connection?: {
    readonly attributes: readonly {
      /** authType: APIKEY, BASIC or NONE */
      readonly name: 'authType' | 'apiKey' | 'username' | 'password';
      readonly value: string;
    }[];
  } | undefined;
}

export interface CreateApplicationAnswer {
  applicationId: number;
  /** Always 1 */
  deploymentId: number;
  /** The application-level key, shown once */
  key: string;
}

export interface DataBuyerProvider {
  id: number;
  active: boolean;
  buyer_member_id: number;
  data_provider_member_id: number;
  data_revshare_pct: number;
  data_cost_type: string;
  last_modified: string;
}

export interface DataBuyerProviderBody {
  readonly active?: boolean | undefined;
  readonly data_provider_member_id?: number | undefined;
}

export interface DestinationSegment {
  segmentId: string;
  name: string;
  description: string | null;
  count: number | null;
}[]

export interface DryRunShare {
  valid: boolean;
  problems: {
    code: string;
    field: string;
    message: string;
  }[];
  rowsAvailable: number | null;
  wouldSend: number | null;
  wouldReject: number | null;
  replaceRemoves: number | null;
  /** The next five */
  nextRuns: string[];
}

export type DryRunShareBody = Record<string, never> | {
  readonly name: string;
  readonly source: {
    readonly endpointId: number;
    /** Opaque; an integer is taken as its digits */
    readonly segmentId: string | number;
  };
  readonly destination: {
    readonly endpointId: number;
    /** Opaque; an integer is taken as its digits */
    readonly segmentId?: string | number | undefined;
    /** Only with ADD; made by the first run, then `segmentId` is filled */
    readonly newSegment?: {
      readonly name: string;
      readonly description?: string | null | undefined;
    } | undefined;
  };
  readonly identityMapping: {
    readonly sourceIdentifiers: readonly string[];
    readonly destinationIdentifier: string;
  };
  /** Source names to destination names; ignored on REMOVE */
  readonly attributeMappings?: Record<string, string> | undefined;
  readonly shareAction?: 'ADD' | 'REPLACE' | 'REMOVE' | undefined;
  readonly schedule?: {
    readonly type: 'NOW' | 'AT' | 'DAILY' | 'WEEKLY' | 'CUSTOM';
    /** RFC 3339, or local time in `timezone`: the earliest run */
    readonly at?: string | undefined;
    /** IANA name; default GMT */
    readonly timezone?: string | undefined;
    readonly every?: {
      readonly n: number;
      readonly unit: 'DAY' | 'WEEK' | 'MONTH';
    } | undefined;
    readonly weekdays?: readonly ('MO' | 'TU' | 'WE' | 'TH' | 'FR' | 'SA' | 'SU')[] | undefined;
    /** As `at`; inclusive */
    readonly until?: string | undefined;
    /** So many occurrences from `at` on */
    readonly count?: number | undefined;
  } | undefined;
  /** A REPLACE with no rows empties the audience */
  readonly allowEmptyReplace?: boolean | undefined;
};

export interface Endpoint {
  endpointId: number;
  name: string;
  providerName: string | null;
  description: string | null;
  /** custom, application or internal */
  kind: string;
  applicationId: number | null;
  /** PENDING, ACTIVE or DISABLED */
  status: string;
  source: {
    /** push, pull or internal */
    type: string;
  } | null;
  destination: {
    type: string;
    shareActions: string[];
  } | null;
  hashAlgorithm: string;
  identifiers: {
    name: string;
    type: string;
    isRequired: boolean;
  }[];
  attributes: {
    name: string;
    type: string;
    isRequired: boolean;
  }[];
  connectType: string;
  authType: string | null;
  lastError: string | null;
  createdAt: string;
}[]

export interface EndpointRegistration {
  endpointId: number;
  /** Shown once */
  key: string;
  status: string;
  connectType: 'DIRECTCONNECT' | 'INSTRUCTIONS';
  instructions: string | null;
}

export interface EndpointRegistrationBody {
  readonly name: string;
  readonly applicationId?: number | undefined;
  readonly connectType?: 'DIRECTCONNECT' | 'INSTRUCTIONS' | undefined;
  readonly definition?: {
    readonly providerName: string;
    readonly description?: string | null | undefined;
    /** Where it is called, https */
    readonly url?: string | undefined;
    readonly hashAlgorithm?: 'NONE' | 'MD5' | 'SHA1' | 'SHA256' | 'EMAIL_SHA256' | 'PHONE_SHA256' | undefined;
    readonly endpointTypes: {
      readonly segment?: {
        readonly source?: {
          readonly enabled: boolean;
          /** Where it is called, https */
          readonly url?: string | undefined;
          readonly dataWindow?: number | undefined;
          readonly sourceType?: 'push' | 'pull' | undefined;
          readonly producerType?: 'push' | 'pull' | undefined;
        } | undefined;
        readonly producer?: {
          readonly enabled: boolean;
          /** Where it is called, https */
          readonly url?: string | undefined;
          readonly dataWindow?: number | undefined;
          readonly sourceType?: 'push' | 'pull' | undefined;
          readonly producerType?: 'push' | 'pull' | undefined;
        } | undefined;
        readonly destination?: {
          readonly enabled: boolean;
          /** Where it is called, https */
          readonly url?: string | undefined;
          readonly dataWindow?: number | undefined;
          readonly destinationType?: 'push' | 'pull' | undefined;
          readonly consumerType?: 'push' | 'pull' | undefined;
          /** ADD alone where it is absent */
          readonly shareActions?: readonly ('ADD' | 'REPLACE' | 'REMOVE')[] | undefined;
        } | undefined;
        readonly consumer?: {
          readonly enabled: boolean;
          /** Where it is called, https */
          readonly url?: string | undefined;
          readonly dataWindow?: number | undefined;
          readonly destinationType?: 'push' | 'pull' | undefined;
          readonly consumerType?: 'push' | 'pull' | undefined;
          /** ADD alone where it is absent */
          readonly shareActions?: readonly ('ADD' | 'REPLACE' | 'REMOVE')[] | undefined;
        } | undefined;
      } | undefined;
      /** Events are no part of this exchange */
      readonly event?: Record<string, never> | undefined;
    };
    readonly marketingDatabasesDefinition?: {
      readonly marketingDatabases: readonly {
        readonly id?: number | string | undefined;
        readonly name: string;
        readonly description?: string | null | undefined;
        readonly identifiers?: readonly {
          readonly name: string;
          readonly type: string;
          readonly isRequired?: boolean | undefined;
        }[] | undefined;
        readonly attributes?: readonly {
          readonly name: string;
          readonly type: string;
          readonly isRequired?: boolean | undefined;
        }[] | undefined;
      }[];
    } | undefined;
  } | undefined;
  readonly connection?: {
    readonly attributes: readonly {
      /** authType: APIKEY, BASIC or NONE */
      readonly name: 'authType' | 'apiKey' | 'username' | 'password';
      readonly value: string;
    }[];
  } | undefined;
}

export interface IdentityLink {
  identifier: {
    /** null: a user id */
    domain: string | null;
    id: string;
    /** With domain external: whose id it is */
    member_id?: number | undefined;
    /** With domain eid */
    source?: string | undefined;
    /** With domain ifa */
    type?: string | undefined;
  };
  linked_at: string;
  /** null: until it is unlinked */
  expires_at: string | null;
}

export interface IdentityLinking {
  count: number;
  identity_links: {
    result: 'linked' | 'moved' | 'unchanged' | 'unlinked' | 'invalid-user' | 'invalid-identifier' | 'opted-out' | 'unauthorized' | 'full';
    /** Whom the identifier names now; null where it names nobody else, or nothing was done */
    user_id: string | null;
    /** null: a user id */
    domain: string | null;
  }[];
}

export interface IdentityLinkingBody {
  readonly identity_link?: {
    /** The user whom the identifier is to name */
    readonly user_id?: string | number | null | undefined;
    /** Instead of user_id: whom this names */
    readonly to?: {
      /** As for identifier; absent: a user id */
      readonly domain?: string | null | undefined;
      /** As written; device ids in any form. Digits best as a string: numbers beyond 2^53 do not survive every JSON library */
      readonly id?: string | number | null | undefined;
      /** With domain external: whose id it is (default: your own) */
      readonly member_id?: number | string | null | undefined;
      /** With domain eid */
      readonly source?: string | null | undefined;
      /** With domain ifa */
      readonly type?: string | null | undefined;
    } | null | undefined;
    readonly identifier: {
      /** A device domain, external, eid or ifa */
      readonly domain?: string | null | undefined;
      /** As written; device ids in any form. Digits best as a string: numbers beyond 2^53 do not survive every JSON library */
      readonly id?: string | number | null | undefined;
      /** With domain external: whose id it is (default: your own) */
      readonly member_id?: number | string | null | undefined;
      /** With domain eid */
      readonly source?: string | null | undefined;
      /** With domain ifa */
      readonly type?: string | null | undefined;
    };
    /** true: the identifier names nobody else any more; without a user */
    readonly unlink?: boolean | null | undefined;
  } | undefined;
  readonly identity_links?: readonly {
    /** The user whom the identifier is to name */
    readonly user_id?: string | number | null | undefined;
    /** Instead of user_id: whom this names */
    readonly to?: {
      /** As for identifier; absent: a user id */
      readonly domain?: string | null | undefined;
      /** As written; device ids in any form. Digits best as a string: numbers beyond 2^53 do not survive every JSON library */
      readonly id?: string | number | null | undefined;
      /** With domain external: whose id it is (default: your own) */
      readonly member_id?: number | string | null | undefined;
      /** With domain eid */
      readonly source?: string | null | undefined;
      /** With domain ifa */
      readonly type?: string | null | undefined;
    } | null | undefined;
    readonly identifier: {
      /** A device domain, external, eid or ifa */
      readonly domain?: string | null | undefined;
      /** As written; device ids in any form. Digits best as a string: numbers beyond 2^53 do not survive every JSON library */
      readonly id?: string | number | null | undefined;
      /** With domain external: whose id it is (default: your own) */
      readonly member_id?: number | string | null | undefined;
      /** With domain eid */
      readonly source?: string | null | undefined;
      /** With domain ifa */
      readonly type?: string | null | undefined;
    };
    /** true: the identifier names nobody else any more; without a user */
    readonly unlink?: boolean | null | undefined;
  }[] | undefined;
}

export interface InstantCallBody {
  readonly rt_segment: readonly {
    /** Digits, best as a string: numbers beyond 2^53 do not survive every JSON library */
    readonly user_id: number | string;
    readonly seg_block: readonly ({
      /** The segment */
      readonly seg_id: number | string;
      readonly seg_code?: null | '' | undefined;
      readonly member_id?: unknown | undefined;
      /** Any number that the member gives a meaning; null and absent: 0 */
      readonly value?: number | string | null | undefined;
      /** Minutes from now; 0: never expires; -1: removes the user from the segment; null and absent: as the segment says */
      readonly expiration?: number | string | null | undefined;
    } | {
      readonly seg_id?: null | '' | undefined;
      /** The segment's code, exact in case */
      readonly seg_code: number | string;
      /** The owner of the code */
      readonly member_id: number | string;
      /** Any number that the member gives a meaning; null and absent: 0 */
      readonly value?: number | string | null | undefined;
      /** Minutes from now; 0: never expires; -1: removes the user from the segment; null and absent: as the segment says */
      readonly expiration?: number | string | null | undefined;
    })[];
    /** null: user ids (or external ids, where the member is set up so); otherwise idfa, aaid, sha1udid, md5udid, openudid, windowsadid, rida, tifa, vida or lgudid */
    readonly domain?: null | string | undefined;
  }[];
  /** null: user ids (or external ids, where the member is set up so); otherwise idfa, aaid, sha1udid, md5udid, openudid, windowsadid, rida, tifa, vida or lgudid */
  readonly domain?: null | string | undefined;
}

export interface LoginBody {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

export interface Member {
  id: number;
  name: string;
  billing_name: string;
  state: 'active' | 'inactive';
  active: boolean;
  code: string | null;
  primary_type: 'platform' | 'network' | 'buyer' | 'seller' | 'data_provider' | 'bidder';
  platform_exposure: 'public' | 'private' | 'hidden';
  bidder_id: number | null;
  timezone: string;
  default_currency: string;
  contact_email: string | null;
  externally_integrated_dsp: boolean;
  reads_per_minute: number | null;
  writes_per_minute: number | null;
  domain: string | null;
  reach_per_day: number | null;
  segment_limit: number | null;
  membership_limit: number | null;
  last_modified: string;
}

export interface MemberBody {
  readonly name?: string | undefined;
  readonly billing_name?: string | undefined;
  readonly state?: 'active' | 'inactive' | undefined;
  readonly code?: string | null | undefined;
  readonly primary_type?: 'network' | 'buyer' | 'seller' | 'data_provider' | 'bidder' | undefined;
  readonly platform_exposure?: 'public' | 'private' | 'hidden' | undefined;
  readonly timezone?: string | undefined;
  readonly default_currency?: string | undefined;
  readonly contact_email?: string | null | undefined;
  readonly externally_integrated_dsp?: boolean | undefined;
  readonly reads_per_minute?: number | null | undefined;
  readonly writes_per_minute?: number | null | undefined;
  readonly domain?: string | null | undefined;
  readonly reach_per_day?: number | null | undefined;
  readonly segment_limit?: number | null | undefined;
  readonly membership_limit?: number | null | undefined;
}

export interface Notice {
  id: number;
  created_on: string;
  member_id: number;
  kind: string;
  /** info, warning or error */
  severity: string;
  text: string;
  subject: {
    type: string;
    id: number;
  } | null;
  details: Record<string, never>;
  read: boolean;
  reason: string | null;
  data_member_id: number | null;
  segments: {
    id: number;
    name: string | null;
  }[] | null;
  effective_on: string | null;
  ends_targeting: boolean | null;
  profiles: number[] | null;
  campaigns_including: number[] | null;
  campaigns_excluding: number[] | null;
}

export interface NoticeBody {
  readonly read?: boolean | undefined;
}

export interface OfferSegments {
  accepted: number;
}

export type OfferSegmentsBody = readonly {
  /** Opaque; whole numbers keep all digits */
  readonly id: string | number;
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly type?: string | null | undefined;
  readonly segment_attributes: readonly {
    readonly name: string;
    readonly type: string;
    /** Where it is absent: whether the endpoint's registration names it as one */
    readonly isIdentifier?: boolean | undefined;
  }[];
  readonly count?: number | null | undefined;
  readonly lastModified?: string | null | undefined;
}[];

export interface OfferedSegment {
  /** Opaque; whole numbers keep all digits */
  id: string | number;
  name: string;
  description?: string | null | undefined;
  type?: string | null | undefined;
  segment_attributes: {
    name: string;
    type: string;
    /** Where it is absent: whether the endpoint's registration names it as one */
    isIdentifier?: boolean | undefined;
  }[];
  count?: number | null | undefined;
  lastModified?: string | null | undefined;
}[]

export interface ProcessedHour {
  member_id: number;
  /** The begin of the hour, UTC */
  processed_hour: string;
  /** Valid users of all users, in percent */
  match_rate: number;
  /** Users taken, distinct within a call */
  num_valid_users: number;
  /** Users added to segments */
  num_valid_adds: number;
  /** Users removed from segments */
  num_valid_removes: number;
  /** Users not taken: malformed, unknown domain, opted out, not mapped, not known */
  num_invalid_users: number;
  /** Users × segments that the member may not populate */
  num_unauth_segments: number;
  /** Users × segments that are inactive */
  num_inactive_segments: number;
  /** Users × segments that do not exist */
  num_invalid_segments: number;
  /** Calls refused whole, and memberships that a limit refused */
  num_other_errors: number;
  /** The newest 200 of each kind, one line a kind; null in totals */
  error_log_lines: string | null;
  /** The newest 200 of each kind, one line a kind; null in totals */
  segment_log_lines: string | null;
}

export interface PublicKey {
  id: number;
  name: string;
  user_id: number;
  active: boolean;
  encoded_value: string;
  last_modified: string;
}

export interface PublicKeyBody {
  readonly name?: string | undefined;
  readonly user_id?: number | undefined;
  readonly active?: boolean | undefined;
  readonly encoded_value?: string | undefined;
}

export interface PutApplication {
  applicationId: number;
  deploymentId: number;
  /** The application-level key of a new application, shown once */
  key?: string | undefined;
}

export interface PutApplicationEndpointBody {
  readonly name?: string | undefined;
  readonly description?: string | null | undefined;
  /** Where it is called, https */
  readonly url?: string | undefined;
  readonly marketingDatabasesDefinition?: {
    readonly marketingDatabases: readonly {
      readonly id?: number | string | undefined;
      readonly name: string;
      readonly description?: string | null | undefined;
      readonly identifiers?: readonly {
        readonly name: string;
        readonly type: string;
        readonly isRequired?: boolean | undefined;
      }[] | undefined;
      readonly attributes?: readonly {
        readonly name: string;
        readonly type: string;
        readonly isRequired?: boolean | undefined;
      }[] | undefined;
    }[];
  } | undefined;
}

export interface PutEndpoint {
  endpointId: number;
  status: string;
}

export interface PutEndpointBody {
  readonly name: string;
  readonly providerName: string;
  readonly description?: string | null | undefined;
  /** Where it is called, https */
  readonly url?: string | undefined;
  readonly hashAlgorithm?: 'NONE' | 'MD5' | 'SHA1' | 'SHA256' | 'EMAIL_SHA256' | 'PHONE_SHA256' | undefined;
  readonly endpointTypes: {
    readonly segment?: {
      readonly source?: {
        readonly enabled: boolean;
        /** Where it is called, https */
        readonly url?: string | undefined;
        readonly dataWindow?: number | undefined;
        readonly sourceType?: 'push' | 'pull' | undefined;
        readonly producerType?: 'push' | 'pull' | undefined;
      } | undefined;
      readonly producer?: {
        readonly enabled: boolean;
        /** Where it is called, https */
        readonly url?: string | undefined;
        readonly dataWindow?: number | undefined;
        readonly sourceType?: 'push' | 'pull' | undefined;
        readonly producerType?: 'push' | 'pull' | undefined;
      } | undefined;
      readonly destination?: {
        readonly enabled: boolean;
        /** Where it is called, https */
        readonly url?: string | undefined;
        readonly dataWindow?: number | undefined;
        readonly destinationType?: 'push' | 'pull' | undefined;
        readonly consumerType?: 'push' | 'pull' | undefined;
        /** ADD alone where it is absent */
        readonly shareActions?: readonly ('ADD' | 'REPLACE' | 'REMOVE')[] | undefined;
      } | undefined;
      readonly consumer?: {
        readonly enabled: boolean;
        /** Where it is called, https */
        readonly url?: string | undefined;
        readonly dataWindow?: number | undefined;
        readonly destinationType?: 'push' | 'pull' | undefined;
        readonly consumerType?: 'push' | 'pull' | undefined;
        /** ADD alone where it is absent */
        readonly shareActions?: readonly ('ADD' | 'REPLACE' | 'REMOVE')[] | undefined;
      } | undefined;
    } | undefined;
    /** Events are no part of this exchange */
    readonly event?: Record<string, never> | undefined;
  };
  readonly marketingDatabasesDefinition?: {
    readonly marketingDatabases: readonly {
      readonly id?: number | string | undefined;
      readonly name: string;
      readonly description?: string | null | undefined;
      readonly identifiers?: readonly {
        readonly name: string;
        readonly type: string;
        readonly isRequired?: boolean | undefined;
      }[] | undefined;
      readonly attributes?: readonly {
        readonly name: string;
        readonly type: string;
        readonly isRequired?: boolean | undefined;
      }[] | undefined;
    }[];
  } | undefined;
}

export interface ReadAudienceAnswer {
  endpointId: number;
  endpointName: string;
  providerName: string | null;
  segmentId: string;
  name: string;
  description: string | null;
  type: string | null;
  /** Null: unknown */
  count: number | null;
  lastModified: string | null;
  lastRefreshed: string;
  /** The member that shares it by a sharing record */
  sharedBy: number | null;
  identifiers: {
    name: string;
    type: string;
  }[];
  attributes: {
    name: string;
    type: string;
  }[];
}

export interface ReadEndpointAnswer {
  endpointId: number;
  name: string;
  providerName: string | null;
  description: string | null;
  /** custom, application or internal */
  kind: string;
  applicationId: number | null;
  /** PENDING, ACTIVE or DISABLED */
  status: string;
  source: {
    /** push, pull or internal */
    type: string;
  } | null;
  destination: {
    type: string;
    shareActions: string[];
  } | null;
  hashAlgorithm: string;
  identifiers: {
    name: string;
    type: string;
    isRequired: boolean;
  }[];
  attributes: {
    name: string;
    type: string;
    isRequired: boolean;
  }[];
  connectType: string;
  authType: string | null;
  lastError: string | null;
  createdAt: string;
}

export interface ReadOfferedSegmentAnswer {
  /** Opaque; whole numbers keep all digits */
  id: string | number;
  name: string;
  description?: string | null | undefined;
  type?: string | null | undefined;
  segment_attributes: {
    name: string;
    type: string;
    /** Where it is absent: whether the endpoint's registration names it as one */
    isIdentifier?: boolean | undefined;
  }[];
  count?: number | null | undefined;
  lastModified?: string | null | undefined;
}

export interface RefreshEndpointAudiences {
  jobId: number;
  jobCategory: string;
  status: string;
}

export interface RefreshEndpointAudiencesBody {
  readonly endpointId: number;
}

export interface RegisteredEndpoint {
  endpointId?: number | undefined;
  status?: string | undefined;
}[]

export interface ReportJobBody {
  readonly status: 'COMPLETE' | 'FAILED';
  readonly subStatus?: string | null | undefined;
  readonly errorDetails?: string | null | undefined;
}

export interface RequestedBatchJob {
  job_id: string;
  id: number;
  member_id: number;
  last_modified: string;
  /** Good for one upload, begun within 5 minutes */
  upload_url: string;
}

export interface RotateEndpointKey {
  /** Shown once */
  key: string;
  previousKeyExpiresAt: string;
}

export interface RunShare {
  jobId: number;
  shareId: number;
  status: string;
}

export interface Segment {
  id: number;
  code: string | null;
  short_name: string | null;
  description: string | null;
  state: 'active' | 'inactive';
  member_id: number;
  advertiser_id: number | null;
  expire_minutes: number | null;
  enable_rm_piggyback: boolean;
  max_usersync_pixels: number | null;
  piggyback_pixels: {
    url: string;
    pixel_type: 'js' | 'img';
  }[] | null;
  client_side: boolean;
  parent_segment_id: number | null;
  querystring_mapping: {
    param: string;
    value_type: 'text' | 'numeric' | 'none';
    values?: string[] | null | undefined;
    allow_empty_text?: boolean | undefined;
    publishers?: {
      id: number;
    }[] | null | undefined;
    sites?: {
      id: number;
    }[] | null | undefined;
    placements?: {
      id: number;
    }[] | null | undefined;
  } | null;
  querystring_mapping_key_value: {
    qs_key: string;
    qs_value: string | null;
  } | null;
  taxonomy_id: string | null;
  provider_id: number | null;
  provider: string | null;
  category: string | null;
  price: number | string;
  object_type: string;
  last_modified: string;
}

export interface SegmentAccessRequest {
  id: number;
  member_id: number;
  decided_on: string | null;
  /** The member that took the last step */
  decided_by: number | null;
  created_on: string;
  last_modified: string;
  segment_owner_member_id: number;
  message: string | null;
  unique_user_ids_per_post: number | null;
  posts_per_day: number | null;
  unique_segments_per_post: number | null;
  state: 'REQUESTED' | 'ACCEPTED' | 'REFUSED' | 'WITHDRAWN' | 'REVOKED';
}

export interface SegmentAccessRequestBody {
  readonly segment_owner_member_id?: number | undefined;
  readonly message?: string | null | undefined;
  readonly unique_user_ids_per_post?: number | null | undefined;
  readonly posts_per_day?: number | null | undefined;
  readonly unique_segments_per_post?: number | null | undefined;
}

export interface SegmentBody {
  readonly code?: string | null | undefined;
  readonly short_name?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly state?: 'active' | 'inactive' | undefined;
  readonly member_id?: number | undefined;
  readonly advertiser_id?: number | null | undefined;
  readonly expire_minutes?: number | null | undefined;
  readonly enable_rm_piggyback?: boolean | undefined;
  readonly max_usersync_pixels?: number | null | undefined;
  readonly piggyback_pixels?: readonly {
    readonly url: string;
    readonly pixel_type: 'js' | 'img';
  }[] | null | undefined;
  readonly client_side?: boolean | undefined;
  readonly parent_segment_id?: number | null | undefined;
  readonly querystring_mapping?: {
    readonly param: string;
    readonly value_type: 'text' | 'numeric' | 'none';
    readonly values?: readonly string[] | null | undefined;
    readonly allow_empty_text?: boolean | undefined;
    readonly publishers?: readonly {
      readonly id: number;
    }[] | null | undefined;
    readonly sites?: readonly {
      readonly id: number;
    }[] | null | undefined;
    readonly placements?: readonly {
      readonly id: number;
    }[] | null | undefined;
  } | null | undefined;
  readonly querystring_mapping_key_value?: {
    readonly qs_key: string;
    readonly qs_value: string | null;
  } | null | undefined;
  readonly taxonomy_id?: string | null | undefined;
}

export interface SegmentStats {
  segment_id: number;
  /** Exact for own segments; of others a rounded number that stays the same all UTC day, or null below the floor */
  live_users: number | null;
  /** The least number that is told of a segment of another member; null for own ones */
  floor: number | null;
  /** Is one of the numbers an estimate, or rounded? */
  approximate: boolean;
  /** The moment that the numbers are of */
  as_of: string;
  /** What happened by UTC day, the oldest first, today last */
  days: {
    day: string;
    /** Users that were new to the segment; refreshes are not counted */
    added: number;
    /** Users that were taken away: removed, replaced, forgotten, or merged into another */
    removed: number;
    /** Users whose membership ended on that day */
    expired: number;
    /** Different users of the accepted additions of that day, refreshes too */
    uniques: number;
  }[] | null;
  /** Users whose membership ends on that day, today first */
  expiring: {
    day: string;
    users: number;
  }[] | null;
  /** null: not told */
  never_expiring: number | null;
}

export interface SetConnection {
  endpointId: number;
  authType: string | null;
}

export interface SetConnectionBody {
  readonly attributes: readonly {
    /** authType: APIKEY, BASIC or NONE */
    readonly name: 'authType' | 'apiKey' | 'username' | 'password';
    readonly value: string;
  }[];
}

export interface SetOnboarding {
  applicationId: number;
  deploymentId: number;
  connectType: 'DIRECTCONNECT' | 'INSTRUCTIONS';
  authType: 'APIKEY' | 'BASIC' | 'NONE' | null;
  instructions: string | null;
}

export interface SetOnboardingBody {
  readonly connectType: 'DIRECTCONNECT' | 'INSTRUCTIONS';
  readonly authType?: 'APIKEY' | 'BASIC' | 'NONE' | null | undefined;
  readonly instructions?: string | null | undefined;
}

export interface Share {
  shareId: number;
  name: string;
  source: {
    endpointId: number;
    segmentId: string;
  };
  destination: {
    endpointId: number;
    segmentId: string | null;
    newSegment?: {
      name: string;
      description: string | null;
    } | undefined;
  };
  identityMapping: {
    sourceIdentifiers: string[];
    destinationIdentifier: string;
  };
  /** Source names to destination names; ignored on REMOVE */
  attributeMappings: Record<string, string>;
  shareAction: 'ADD' | 'REPLACE' | 'REMOVE';
  schedule: {
    type: 'NOW' | 'AT' | 'DAILY' | 'WEEKLY' | 'CUSTOM';
    /** RFC 3339, or local time in `timezone`: the earliest run */
    at?: string | undefined;
    /** IANA name; default GMT */
    timezone?: string | undefined;
    every?: {
      n: number;
      unit: 'DAY' | 'WEEK' | 'MONTH';
    } | undefined;
    weekdays?: ('MO' | 'TU' | 'WE' | 'TH' | 'FR' | 'SA' | 'SU')[] | undefined;
    /** As `at`; inclusive */
    until?: string | undefined;
    /** So many occurrences from `at` on */
    count?: number | undefined;
  };
  /** A REPLACE with no rows empties the audience */
  allowEmptyReplace: boolean;
  enabled: boolean;
  disabledReason: string | null;
  createdBy: string;
  /** RFC 3339 UTC */
  createdAt: string;
  /** RFC 3339 UTC */
  updatedAt: string;
  nextRunAt: string | null;
  lastJobId: number | null;
}

export interface ShareBody {
  readonly name: string;
  readonly source: {
    readonly endpointId: number;
    /** Opaque; an integer is taken as its digits */
    readonly segmentId: string | number;
  };
  readonly destination: {
    readonly endpointId: number;
    /** Opaque; an integer is taken as its digits */
    readonly segmentId?: string | number | undefined;
    /** Only with ADD; made by the first run, then `segmentId` is filled */
    readonly newSegment?: {
      readonly name: string;
      readonly description?: string | null | undefined;
    } | undefined;
  };
  readonly identityMapping: {
    readonly sourceIdentifiers: readonly string[];
    readonly destinationIdentifier: string;
  };
  /** Source names to destination names; ignored on REMOVE */
  readonly attributeMappings?: Record<string, string> | undefined;
  readonly shareAction?: 'ADD' | 'REPLACE' | 'REMOVE' | undefined;
  readonly schedule?: {
    readonly type: 'NOW' | 'AT' | 'DAILY' | 'WEEKLY' | 'CUSTOM';
    /** RFC 3339, or local time in `timezone`: the earliest run */
    readonly at?: string | undefined;
    /** IANA name; default GMT */
    readonly timezone?: string | undefined;
    readonly every?: {
      readonly n: number;
      readonly unit: 'DAY' | 'WEEK' | 'MONTH';
    } | undefined;
    readonly weekdays?: readonly ('MO' | 'TU' | 'WE' | 'TH' | 'FR' | 'SA' | 'SU')[] | undefined;
    /** As `at`; inclusive */
    readonly until?: string | undefined;
    /** So many occurrences from `at` on */
    readonly count?: number | undefined;
  } | undefined;
  /** A REPLACE with no rows empties the audience */
  readonly allowEmptyReplace?: boolean | undefined;
}

export interface SharingRecord {
  id: number;
  data_member_id: number;
  buyer_member_id: number;
  segment_exposure: 'all' | 'list';
  segments: {
    id: number;
    name?: string | null | undefined;
  }[] | null;
  export_allowed: boolean;
}

export interface SharingRecordBody {
  readonly id?: number | undefined;
  readonly data_member_id?: number | undefined;
  readonly buyer_member_id?: number | undefined;
  readonly segment_exposure?: 'all' | 'list' | undefined;
  readonly segments?: readonly {
    readonly id: number;
  }[] | null | undefined;
  readonly export_allowed?: boolean | undefined;
}

export interface SuggestShareMapping {
  identityMapping: {
    sourceIdentifiers: string[];
    destinationIdentifier: string;
  } | null;
  /** Source names to destination names; ignored on REMOVE */
  attributeMappings: Record<string, string>;
  unmappedRequired: string[];
}

export interface SuggestShareMappingBody {
  readonly source: {
    readonly endpointId: number;
    /** Opaque; an integer is taken as its digits */
    readonly segmentId: string | number;
  };
  readonly destination: {
    readonly endpointId: number;
    /** Opaque; an integer is taken as its digits */
    readonly segmentId?: string | number | undefined;
    /** Only with ADD; made by the first run, then `segmentId` is filled */
    readonly newSegment?: {
      readonly name: string;
      readonly description?: string | null | undefined;
    } | undefined;
  };
}

export interface SyncHost {
  id: number;
  member_id: number;
  last_modified: string;
  host: string;
  state: 'active' | 'inactive';
}

export interface SyncHostBody {
  readonly host?: string | undefined;
  readonly state?: 'active' | 'inactive' | undefined;
}

export interface SyncReport {
  count: number;
  /** Days with syncs, by date */
  sync_reports: {
    member_id: number;
    /** UTC, such as 2026-01-31 */
    day: string;
    /** Ids that came with mapuid calls */
    asked: number;
    /** Of these, ids that now name a user */
    matched: number;
    /** The others, by reason: no-cookie, opted-out, privacy, full, bad-user, too-many-users, unavailable */
    refused: Record<string, number>;
    /** 100 × matched / asked, two decimals; 0 where nothing was asked */
    match_rate: number;
  }[];
}

export interface Task {
  id: number;
  kind: 'load-batch' | 'run-share' | 'scan-drop-folder' | 'sweep-segment' | 'erase-user' | 'snapshot' | 'import' | 'expire-records';
  state: 'waiting' | 'running' | 'done' | 'failed' | 'canceled';
  member_id: number | null;
  subject: {
    type: string;
    id: number;
  } | null;
  progress: number | null;
  attempts: number;
  error: string | null;
  created_on: string;
  started_on: string | null;
  next_attempt_on: string | null;
  finished_on: string | null;
}

export interface TaskBody {
  readonly state?: 'canceled' | 'waiting' | undefined;
}

export interface UpdateApplicationReviewAnswer {
  id: number;
  member_id: number;
  requested_on: string;
  decided_on: string | null;
  last_modified: string;
  application_id: number;
  state: 'DRAFT' | 'IN_REVIEW' | 'APPROVED' | 'REJECTED';
  reason: string | null;
}

export interface UpdateApplicationReviewBody {
  readonly state?: 'DRAFT' | 'IN_REVIEW' | 'APPROVED' | 'REJECTED' | undefined;
  readonly reason?: string | null | undefined;
}

export interface UpdatePublicKeyBody {
  readonly active?: boolean | undefined;
}

export interface UpdateSegmentAccessRequestAnswer {
  id: number;
  member_id: number;
  decided_on: string | null;
  /** The member that took the last step */
  decided_by: number | null;
  created_on: string;
  last_modified: string;
  segment_owner_member_id: number;
  message: string | null;
  unique_user_ids_per_post: number | null;
  posts_per_day: number | null;
  unique_segments_per_post: number | null;
  state: 'REQUESTED' | 'ACCEPTED' | 'REFUSED' | 'WITHDRAWN' | 'REVOKED';
}

export interface UpdateSegmentAccessRequestBody {
  readonly state?: 'REQUESTED' | 'ACCEPTED' | 'REFUSED' | 'WITHDRAWN' | 'REVOKED' | undefined;
}

export interface UpdateShareBody {
  readonly name?: string | undefined;
  readonly identityMapping?: {
    readonly sourceIdentifiers: readonly string[];
    readonly destinationIdentifier: string;
  } | undefined;
  /** Source names to destination names; ignored on REMOVE */
  readonly attributeMappings?: Record<string, string> | undefined;
  readonly shareAction?: 'ADD' | 'REPLACE' | 'REMOVE' | undefined;
  readonly schedule?: {
    readonly type: 'NOW' | 'AT' | 'DAILY' | 'WEEKLY' | 'CUSTOM';
    /** RFC 3339, or local time in `timezone`: the earliest run */
    readonly at?: string | undefined;
    /** IANA name; default GMT */
    readonly timezone?: string | undefined;
    readonly every?: {
      readonly n: number;
      readonly unit: 'DAY' | 'WEEK' | 'MONTH';
    } | undefined;
    readonly weekdays?: readonly ('MO' | 'TU' | 'WE' | 'TH' | 'FR' | 'SA' | 'SU')[] | undefined;
    /** As `at`; inclusive */
    readonly until?: string | undefined;
    /** So many occurrences from `at` on */
    readonly count?: number | undefined;
  } | undefined;
  /** A REPLACE with no rows empties the audience */
  readonly allowEmptyReplace?: boolean | undefined;
  readonly enabled?: boolean | undefined;
  /** Fixed: 400 */
  readonly source?: unknown | undefined;
  /** Fixed: 400 */
  readonly destination?: unknown | undefined;
}

export interface UpdateSyncHostBody {
  readonly state?: 'active' | 'inactive' | undefined;
}

export interface UserLookup {
  user: {
    /** A string, because user ids go beyond 2^53; null for an external id that is not mapped */
    user_id: string | null;
    /** null: a user id */
    domain: string | null;
    known: boolean;
    opted_out: boolean;
    /** When the mapping of an external id ends */
    mapped_until: string | null;
  };
  memberships: {
    segment_id: number;
    code: string | null;
    /** The segment's owner */
    member_id: number;
    value: number;
    added_at: string;
    /** null: never */
    expires_at: string | null;
    lifetime_minutes: number | null;
    source: 'pixel' | 'instant' | 'batch' | 'share';
  }[];
}
