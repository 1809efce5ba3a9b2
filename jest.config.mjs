const common = {
  transform: { "^.+\\.ts$": ["ts-jest", { tsconfig: "tsconfig.json", diagnostics: false }] },
  testEnvironment: "node",
  moduleNameMapper: {
    "^cdktf-puma$": "<rootDir>/lib/index.ts",
    "^[./]+/(tokens/|private/)*stack-trace$": "<rootDir>/test/no-stack-trace.ts",
    "^cdktf-puma/testing$": "<rootDir>/lib/testing/index.ts",
  },
};

export default {
  // For what hangs. No test is timed by it, so that a busy machine fails none.
  testTimeout: 300_000,
  testSequencer: "<rootDir>/scripts/longest-first.mjs",
  projects: [
    { ...common, displayName: "unit", testMatch: ["<rootDir>/test/**/*.test.ts"] },
    { ...common, displayName: "hosts", testMatch: ["<rootDir>/test/**/*.hosts.ts"] },
    // On real hosts too, and too long for each day: `npm run prove`.
    { ...common, displayName: "prove", testMatch: ["<rootDir>/test/**/*.prove.ts"] },
  ],
};
