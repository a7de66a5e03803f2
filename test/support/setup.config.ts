import { TestServices } from './test-services.ts';

declare global {
  var hallpassTestServices: TestServices | undefined;
}

/** Run by jest before all test files, in the process that starts theirs. */
export default async function globalSetup(): Promise<void> {
  const services = new TestServices({
    databaseUrl: process.env.HALLPASS_TEST_DATABASE_URL,
    redisUrl: process.env.HALLPASS_TEST_REDIS_URL,
  });
  globalThis.hallpassTestServices = services;
  process.env.HALLPASS_TEST_SERVICES = await services.listen();
}
