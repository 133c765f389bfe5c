/** What the hashing thread is asked; one question at a time. */
export type PasswordQuestion =
  | { readonly ask: 'hash'; readonly password: string }
  /** Without a hash (no such account) it takes the same time and fits never. */
  | { readonly ask: 'verify'; readonly passwordHash: string | undefined; readonly password: string };

export type PasswordAnswer =
  | { readonly is: 'hashed'; readonly passwordHash: string }
  | { readonly is: 'verified'; readonly fits: boolean }
  | { readonly is: 'failed'; readonly reason: string };
