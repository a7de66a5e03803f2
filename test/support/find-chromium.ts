import { existsSync } from 'node:fs';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** HALLPASS_TEST_CHROMIUM, or the system's Chromium or Chrome; null when there is none. */
export function findChromium(): string | null {
  const given = process.env.HALLPASS_TEST_CHROMIUM;
  if (given !== undefined && given !== '') return given;
  return PLACES.find((path) => existsSync(path)) ?? null;
}
