import { afterAll, afterEach, beforeAll } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { startStack, type Stack } from '../support/quickstart-stack.ts';
import { launchBrowser, openFor, type PersonalBrowser, type ViewportName } from './test-browser.ts';

/** The console in front of a quickstart of its own, and people who look at it. */
export interface ConsoleTest {
  readonly stack: Stack;
  /** Of whoever looked at a page in this test. */
  readonly complaints: readonly string[];
  /** Signs in as a demo person, in a browser of their own that is closed after the test, and opens a page. */
  openAs(name: string, viewport: ViewportName, path: string): Promise<Page>;
}

/**
 * Sets up one quickstart and one browser for all tests of a file. To be called while tests are declared; what it returns
 * can be used once they run.
 */
export function setUpConsole(env: Readonly<Record<string, string>> = {}): ConsoleTest {
  let stack: Stack;
  let browser: Browser;
  let people: PersonalBrowser[] = [];
  beforeAll(async () => {
    browser = await launchBrowser();
    stack = await startStack('embedded', env);
  }, 120_000);
  afterEach(async () => {
    await Promise.all(people.map(({ context }) => context.close()));
    people = [];
  });
  afterAll(async () => {
    await browser?.close();
    await stack?.stop();
  }, 60_000);
  return {
    get stack() {
      return stack;
    },
    get complaints() {
      return people.flatMap(({ complaints }) => complaints);
    },
    async openAs(name, viewport, path) {
      const person = await openFor(browser, viewport);
      people.push(person);
      const { page } = person;
      await page.goto(stack.urls.admin + path);
      await page.getByRole('button', { name: new RegExp(`^.*${name}@example\\.com`) }).click();
      await page.waitForURL(stack.urls.admin + path);
      return page;
    },
  };
}
