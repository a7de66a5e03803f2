// Node strips the types itself, so there is no transform and stack traces carry the source's own line numbers.
export default {
  testEnvironment: 'node',
  transform: {},
  extensionsToTreatAsEsm: ['.ts'],
  coverageProvider: 'v8',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/.hallpass/', '<rootDir>/.cache/'],
  testTimeout: 30_000,
};
