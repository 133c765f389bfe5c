import type { CatalogView } from '../catalog-view/catalog-view.ts';

/** Hosts to which syncs and pixels may lead: `FOYER_REDIRECT_HOSTS` and the hosts that members registered (additions.md section 4). */
export class RedirectHosts {
  readonly #listed: ReadonlySet<string>;
  readonly #view: Pick<CatalogView, 'current'>;

  /** @param listed names, `*.name` for all names below it, `*` for every host; in any case */
  constructor(listed: readonly string[], view: Pick<CatalogView, 'current'>) {
    this.#listed = new Set(listed.map((host) => host.toLowerCase()));
    this.#view = view;
  }

  get allowsAll(): boolean {
    return this.#listed.has('*');
  }

  /** @param host of a URL as `new URL` has it: in lower case, an international one as punycode */
  allows(host: string): boolean {
    if (this.allowsAll || this.#isNamed(host)) return true;
    for (let dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) if (this.#isNamed(`*${host.slice(dot)}`)) return true;
    return false;
  }

  #isNamed(name: string): boolean {
    if (this.#listed.has(name)) return true;
    const snapshot = this.#view.current();
    for (const member of snapshot.tables.syncHosts.get(name) ?? []) if (snapshot.member(member)?.active === true) return true;
    return false;
  }
}
