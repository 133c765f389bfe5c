import { Counter, type Registry } from 'prom-client';
import type { PixelError, PixelErrors } from './pixel-errors.ts';

/** How often pixels did less than they were asked for, by reason. */
export class PixelCounts {
  readonly #errors = new Map<PixelError, number>();

  constructor(registry: Registry) {
    const errors = this.#errors;
    const counter: Counter<'error'> = new Counter({
      name: 'foyer_pixel_errors_total',
      help: 'Reasons that pixels and mapuid calls told in X-Foyer-Error.',
      labelNames: ['error'],
      registers: [registry],
      collect: () => {
        counter.reset();
        for (const [error, count] of errors) counter.inc({ error }, count);
      },
    });
  }

  count({ codes }: PixelErrors): void {
    for (const code of codes) this.#errors.set(code, (this.#errors.get(code) ?? 0) + 1);
  }
}
