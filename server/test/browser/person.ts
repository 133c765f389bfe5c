/** A person with a browser, who reads the publisher's page on two sites. */
import type { Page } from 'playwright-core';
import type { Browser } from './chromium.ts';
import { onThePage } from './publisher-site.ts';

/** Buttons of the consent manager; none: the site has no consent manager. */
export type Choice = 'Accept' | 'Refuse' | 'Only measure' | 'none';

export interface Person {
  readonly page: Page;
  /** Everything that a developer would see in red: errors in the console, and of scripts. */
  readonly faults: readonly string[];
  /** Reads the page of a site until all its tags have loaded. @param as who is logged in there */
  readonly read: (site: string, as: string, choice: Choice) => Promise<void>;
  /** The exchange's cookie. */
  readonly cookie: () => Promise<string | undefined>;
  /** The exchange's id that the page shows. */
  readonly shownUser: () => Promise<string | null>;
  readonly leave: () => Promise<void>;
}

/** A person who sits down at a browser that knows nobody. */
export async function meetPerson(browser: Browser): Promise<Person> {
  await browser.forgetSites();
  const page = await browser.context.newPage();
  page.setDefaultTimeout(60_000);
  const faults: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => faults.push(String(error)));
  const asked = new Set<string>();
  return {
    page,
    faults,
    async read(site, as, choice) {
      await page.goto(`https://${site}/${choice === 'none' ? 'plain' : ''}?as=${as}`);
      if (choice !== 'none' && !asked.has(site)) await page.getByRole('button', { name: choice }).click();
      asked.add(site);
      await page.waitForFunction("performance.getEntriesByName('exchange-tags-loaded').length > 0");
    },
    async cookie() {
      const cookies = await browser.context.cookies(`https://${onThePage.exchange}/`);
      return cookies.find(({ name }) => name === 'uuid2')?.value;
    },
    shownUser: () => page.locator('#exchange-user').textContent(),
    leave: () => page.close(),
  };
}
