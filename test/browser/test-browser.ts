import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { findChromium } from '../support/find-chromium.ts';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const VIEWPORTS = {
  desktop: { width: 1280, height: 800 },
  phone: { width: 390, height: 844 },
} as const;
export type ViewportName = keyof typeof VIEWPORTS;

export async function launchBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error('There is no browser to test with: install the package "chromium".');
  return chromium.launch({ executablePath, headless: true, args: FLAGS });
}

/** A browser of one person: cookies and storage of its own. What a page reports as broken fails the test that asks. */
export interface PersonalBrowser {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Uncaught errors and refusals by the content security policy, in every page of this person. */
  readonly complaints: string[];
}

export async function openFor(browser: Browser, viewport: ViewportName): Promise<PersonalBrowser> {
  const isPhone = viewport === 'phone';
  const context = await browser.newContext({
    viewport: VIEWPORTS[viewport],
    deviceScaleFactor: isPhone ? 2 : 1,
    hasTouch: isPhone,
    isMobile: isPhone,
    colorScheme: 'light',
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'UTC',
  });
  context.setDefaultTimeout(20_000);
  const complaints: string[] = [];
  context.on('weberror', (error) => complaints.push(error.error().message));
  context.on('console', (message) => {
    if (message.type() === 'error' && /Content Security Policy|Uncaught/.test(message.text())) {
      complaints.push(message.text());
    }
  });
  return { context, page: await context.newPage(), complaints };
}

/** HALLPASS_TEST_SCREENS says where pictures go; docs/screens are those of the README. */
const SCREENS = resolve(process.env.HALLPASS_TEST_SCREENS ?? '.cache/screens');

export async function takePicture(page: Page, viewport: ViewportName, name: string): Promise<void> {
  await mkdir(SCREENS, { recursive: true });
  await page.screenshot({ path: join(SCREENS, `${viewport}-${name}.png`), animations: 'disabled', scale: 'css' });
}

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string | null;
    readonly help: string;
    readonly nodes: readonly { readonly target: unknown; readonly failureSummary?: string }[];
  }[];
}

/** What axe finds of serious and critical violations, in light and in dark; one line each. */
export async function seriousViolations(page: Page): Promise<string[]> {
  const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const found: string[] = [];
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    // Evaluated by the debugger, so that the page's own content security policy stays as it is.
    await page.evaluate(source);
    const results = (await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as AxeResults;
    for (const { id, impact, help, nodes } of results.violations) {
      if (impact !== 'serious' && impact !== 'critical') continue;
      const where = nodes.map((node) => `${JSON.stringify(node.target)} ${node.failureSummary ?? ''}`).join('; ');
      found.push(`${page.url()} ${colorScheme}: ${id} (${help}) ${where}`);
    }
  }
  return found;
}
