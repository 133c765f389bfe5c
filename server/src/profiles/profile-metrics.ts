import { Gauge, type Registry } from 'prom-client';
import type { MemoryBudget } from './memory-budget.ts';
import type { ProfileStats, ProfileStore } from './profile-store.ts';

const statistics: Readonly<Record<keyof ProfileStats, string>> = {
  users: 'Users that the profile store knows.',
  identifiers: 'Identifiers that the profile store holds.',
  memberships: 'Memberships that the profile store holds, expired ones until they are swept.',
  segments: 'Segments that have had members.',
  memoryBytes: 'Bytes of memory that profiles take.',
  membershipBytes: 'Of these, what memberships take; the rest is users and their identifiers.',
  logBytes: 'Bytes of log that a restart would read.',
};

/** Gauges that are read when somebody asks for them: they cost nothing between. */
export function addProfileMetrics(registry: Registry, profiles: ProfileStore, memory: MemoryBudget): void {
  const add = (name: string, help: string, value: () => number): void => {
    const gauge: Gauge = new Gauge({ name: `foyer_profiles_${name}`, help, registers: [registry], collect: () => gauge.set(value()) });
  };
  for (const [name, help] of Object.entries(statistics)) {
    add(
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      help,
      () => profiles.stats()[name as keyof ProfileStats],
    );
  }
  add('memory_limit_bytes', 'FOYER_MEMORY_LIMIT, or what stands for it: from 90% of it on no users are made.', () => memory.limitBytes);
  add('memory_counted_bytes', 'What counts against that limit: profiles and the rest of the process.', () => {
    const { memoryBytes } = profiles.stats();
    return memoryBytes + memory.restBytes(memoryBytes);
  });
  add('read_only', '1 after a write of profiles has failed: nothing is taken until a restart.', () => (profiles.check() === 'ok' ? 0 : 1));
}
