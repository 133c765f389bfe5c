/** A real Chromium, with a profile of its own as a person's has. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type BrowserContext } from 'playwright-core';
import { findProgram } from '../database-process.ts';
import { temporaryFolder } from '../running-server.ts';

/** Chromium is not here, or does not start; the message says what to install. */
export class ChromiumMissing extends Error {
  override readonly name = 'ChromiumMissing';
}

/** What a person has set for cookies of sites within other sites. */
export type ThirdPartyCookies = 'allowed' | 'blocked';

/** Values of Chromium's preference `profile.cookie_controls_mode`. */
const cookieControlsMode: Readonly<Record<ThirdPartyCookies, number>> = { allowed: 0, blocked: 1 };

export interface Browser {
  readonly context: BrowserContext;
  /** Cookies and what sites keep beside them: the next page is a new person's. Files of the sites stay in the cache. */
  readonly forgetSites: () => Promise<void>;
  readonly close: () => Promise<void>;
}

interface BrowserOptions {
  readonly thirdPartyCookies: ThirdPartyCookies;
  /** All host names that there are; they lead to this port of the loopback. */
  readonly hosts: readonly string[];
  readonly port: number;
}

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'] as const;

/** `CHROMIUM_PATH`, or the first that is in PATH. @throws ChromiumMissing */
function findChromium(): string {
  const path = process.env['CHROMIUM_PATH'] || names.map((name) => findProgram(name)).find((found) => found !== undefined);
  if (path === undefined) throw new ChromiumMissing('Chromium is not installed: apt-get install chromium, or set CHROMIUM_PATH');
  return path;
}

/**
 * Starts a browser that has never been anywhere. It reaches the given hosts and nothing else, and takes their self-signed certificate.
 * The cookie setting is the one of its settings page: a window that keeps no profile has rules of its own.
 * @throws ChromiumMissing
 */
export async function openBrowser({ thirdPartyCookies, hosts, port }: BrowserOptions): Promise<Browser> {
  const executablePath = findChromium();
  const profile = temporaryFolder('chromium');
  const preferences = { profile: { cookie_controls_mode: cookieControlsMode[thirdPartyCookies] } };
  mkdirSync(join(profile.path, 'Default'));
  writeFileSync(join(profile.path, 'Default', 'Preferences'), JSON.stringify(preferences));
  const rules = [...hosts.map((host) => `MAP ${host} 127.0.0.1:${port}`), 'MAP * ~NOTFOUND'];
  const args = [`--host-resolver-rules=${rules.join(',')}`, '--no-proxy-server'];
  const options = { executablePath, headless: true, ignoreHTTPSErrors: true, args };
  const context = await chromium.launchPersistentContext(profile.path, options).catch((error: unknown) => {
    profile.remove();
    throw new ChromiumMissing(`${executablePath} does not start`, { cause: error });
  });
  const [firstPage = await context.newPage()] = context.pages();
  const developerTools = await context.newCDPSession(firstPage);
  return {
    context,
    async forgetSites() {
      await context.clearCookies();
      for (const host of hosts)
        await developerTools.send('Storage.clearDataForOrigin', { origin: `https://${host}`, storageTypes: 'local_storage' });
    },
    async close() {
      await context.close();
      profile.remove();
    },
  };
}
