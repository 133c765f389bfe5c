import type { Logger } from 'pino';
import type { SessionRegistry } from './session-registry.ts';

const sessionSaveIntervalMs = 60_000;

/** Writes sessions about every minute, and when the server stops. */
export function keepSessions(sessions: SessionRegistry, log: Logger): { stop(): Promise<void> } {
  const save = (): Promise<void> => sessions.save().catch((error: unknown) => log.error({ err: error }, 'sessions were not saved'));
  const timer = setInterval(() => void save(), sessionSaveIntervalMs);
  timer.unref();
  return {
    stop() {
      clearInterval(timer);
      return save();
    },
  };
}
