export interface ShownLogin {
  username: string;
  password: string;
  /** Who that is, for the reader. */
  who: string;
}

/** The one place where passwords are printed: those that were just made at random. */
export function loginLines(logins: readonly ShownLogin[]): string[] {
  const width = Math.max(...logins.map(({ username }) => username.length));
  return [
    'Log in as (passwords are shown this once, keep them)',
    ...logins.map(({ username, password, who }) => `  ${username.padEnd(width)}  ${password}  ${who}`),
  ];
}
