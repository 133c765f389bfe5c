import { Counter, type Registry } from 'prom-client';
import type { Visitor } from './visitors.ts';

/** What became of a call: who came, or why it was refused. */
export type SyncOutcome = Visitor['is'] | 'bad-redirect' | 'bad-callback';

/** Counts of calls by route and outcome, as plain numbers; what Prometheus reads is made of them when it reads. */
export class SyncCounts {
  readonly #calls = new Map<string, Map<SyncOutcome, number>>();
  #redirectsRefused = 0;

  /** @param redirectsOpen is `FOYER_REDIRECT_HOSTS` still `*`? */
  constructor(registry: Registry, redirectsOpen: boolean) {
    const add = (name: string, help: string, labelNames: readonly string[], collect: (counter: Counter) => void): void => {
      const counter: Counter = new Counter({
        name,
        help,
        labelNames,
        registers: [registry],
        collect: () => {
          counter.reset();
          collect(counter);
        },
      });
    };
    add(
      'foyer_visits_total',
      'Calls of user sync and pixels, by route and by who came or why the call was refused.',
      ['route', 'outcome'],
      (counter) => {
        for (const [route, outcomes] of this.#calls) for (const [outcome, count] of outcomes) counter.inc({ route, outcome }, count);
      },
    );
    add(
      'foyer_redirects_refused_total',
      'Targets to which no browser was sent: their form is wrong or their host is not allowed.',
      [],
      (counter) => counter.inc(this.#redirectsRefused),
    );
    add(
      'foyer_redirect_hosts_open',
      '1 while FOYER_REDIRECT_HOSTS is *: whoever knows this server can send browsers anywhere over it.',
      [],
      (counter) => counter.inc(redirectsOpen ? 1 : 0),
    );
  }

  called(route: string, outcome: SyncOutcome): void {
    let outcomes = this.#calls.get(route);
    if (!outcomes) this.#calls.set(route, (outcomes = new Map()));
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    if (outcome === 'bad-redirect') this.#redirectsRefused += 1;
  }
}
