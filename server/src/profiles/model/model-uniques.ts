import type { ModelUser } from './model-user.ts';

const dayMs = 86_400_000;

/** Who was added to a segment or stage on a UTC day. An erased user stays as nobody whom anything names. */
export class ModelUniques {
  /** By slot and day. */
  readonly #users = new Map<string, Map<number, Set<ModelUser>>>();

  add(slot: string, day: number, user: ModelUser): void {
    const days = this.#users.get(slot) ?? new Map<number, Set<ModelUser>>();
    this.#users.set(slot, days);
    days.set(day, (days.get(day) ?? new Set()).add(user));
  }

  count(slot: string, day: number): number {
    return this.#users.get(slot)?.get(day)?.size ?? 0;
  }

  /** `from` is `into` from now on; days before last month keep their counts. */
  rename(from: ModelUser, into: ModelUser, today: number): void {
    const now = new Date(today * dayMs);
    const firstDay = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1) / dayMs;
    for (const days of this.#users.values()) {
      for (const [day, users] of days) if (day >= firstDay && users.delete(from)) users.add(into);
    }
  }

  move(from: string, into: string): void {
    for (const [day, users] of this.#users.get(from) ?? []) for (const user of users) this.add(into, day, user);
    this.#users.delete(from);
  }

  forget(slot: string): void {
    this.#users.delete(slot);
  }
}
