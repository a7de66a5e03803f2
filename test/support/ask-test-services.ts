/** @param path `/database/embedded`, `/database/server` or `/redis` @returns its URL, once it runs */
export async function askTestServices(path: string): Promise<string> {
  const address = process.env.HALLPASS_TEST_SERVICES;
  if (address === undefined)
    throw new Error('HALLPASS_TEST_SERVICES is not set; run tests with "npm run jest -- <file>"');
  const response = await fetch(address + path);
  const text = await response.text();
  if (!response.ok) throw new Error(`The test service ${path} did not start: ${text}`);
  return text;
}
