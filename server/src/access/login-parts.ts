import type { Clock } from '../kit/clock.ts';
import type { CatalogReader } from '../storage/sql/catalog-schema.ts';
import type { LoginLimits } from './login-limits.ts';
import type { PasswordHasher } from './password-hasher.ts';
import type { ProxyView } from './proxy-view.ts';
import type { SessionRegistry } from './session-registry.ts';

/** What logins are made of. */
export interface LogInParts {
  readonly db: CatalogReader;
  readonly clock: Clock;
  readonly sessions: SessionRegistry;
  readonly limits: LoginLimits;
  readonly hasher: PasswordHasher;
  readonly proxy: ProxyView;
}
