/** A server under load, Foyer or one to compare it with: all get the same requests from the same generator in the same run. */
export interface Contender {
  /** As the table shows it. */
  readonly name: string;
  readonly port: number;
  /** The name of its prepared requests: servers that know accounts need a token of their own in them. */
  readonly requests: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** What a server answers to one of the prepared requests: peers that only serve bytes serve these. */
export interface SampleAnswer {
  readonly contentType: string;
  /** Other headers of the answer, where it has some that belong to what is measured. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  /** The body is bytes, one for each character. */
  readonly binary?: true;
}
