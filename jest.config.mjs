const common = {
  transform: { "^.+\\.ts$": ["ts-jest", { tsconfig: "tsconfig.json", diagnostics: false }] },
  testEnvironment: "node",
  moduleNameMapper: { "^cdktf-puma$": "<rootDir>/lib/index.ts" },
};

export default {
  projects: [
    { ...common, displayName: "unit", testMatch: ["<rootDir>/test/**/*.test.ts"] },
    { ...common, displayName: "hosts", testMatch: ["<rootDir>/test/**/*.hosts.ts"] },
  ],
};
