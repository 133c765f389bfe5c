import type { Visitor } from '../../identity/visitors.ts';
import type { PixelError } from './pixel-errors.ts';

/** Why nothing was stored for a visitor that is no user. */
export const visitorError: Readonly<Record<Exclude<Visitor['is'], 'user' | 'bounce'>, PixelError>> = {
  denied: 'privacy',
  nobody: 'no-cookie',
  'opted-out': 'opted-out',
};
