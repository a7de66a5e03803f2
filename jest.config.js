// Node strips the types itself, so there is no transform and stack traces carry the source's own line numbers.
export default {
  // A worker keeps what it has compiled for each file; without an end to that, it grows by gigabytes and slows down.
  workerIdleMemoryLimit: '1GB',
  testEnvironment: 'node',
  transform: {},
  extensionsToTreatAsEsm: ['.ts'],
  coverageProvider: 'v8',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/.hallpass/', '<rootDir>/.cache/'],
  // Starts PostgreSQL and Redis for the tests that ask for them, and stops them at the end.
  globalSetup: '<rootDir>/test/support/setup.config.ts',
  globalTeardown: '<rootDir>/test/support/teardown.config.ts',
  testTimeout: 30_000,
};
