import { readFileSync } from "node:fs";
import js from "@eslint/js";
import prettier from "eslint-config-prettier";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

/** The rooms of lib/ from the street inwards, "." being its own files: each may import from itself and from those after it. */
const rooms = JSON.parse(readFileSync(new URL("scripts/rooms.json", import.meta.url), "utf8"));
const inner = rooms.slice(rooms.indexOf("terraform") + 1);

const outer = (room) =>
  rooms
    .slice(0, rooms.indexOf(room))
    .filter((name) => name !== ".")
    .map((name) => ({ regex: `^\\.\\./${name}/` }));
const constructs = { regex: "^(\\.\\.(/(index|puma-service|puma-socket)?)?|cdktf-puma)$" };
const index = { regex: "^(\\.(/(index)?)?|cdktf-puma)$" };
const cdk = { regex: "^(cdktf|cdktn)(/|$)" };
const provider = { regex: "^@(cdktf|cdktn)/" };
const tree = { regex: "^constructs$" };
const cli = { regex: "^\\.\\.?/cli/" };
const testing = { regex: "^\\./testing/" };
/** What only the command line needs. */
const commander = { regex: "^commander$" };

/** What stands beside the tests, and is used by them. */
const beside = ["bench/**/*.ts", "demo/**/*.ts", "lab/**/*.ts", "scripts/**/*.mjs", "site/**/*.ts"];
const tests = { regex: "^(\\.\\./)+test/" };

const zone = (files, patterns, ignores = []) => ({
  files,
  ignores,
  rules: { "no-restricted-imports": ["error", { patterns }] },
});

const TERRAFORM = { cdk: "lib/terraform/cdk.ts", provider: "lib/terraform/null-provider.ts" };

/** What is used if it is installed cannot be imported. */
const optional = (file, packages) => ({
  files: [file],
  rules: { "@typescript-eslint/no-require-imports": ["error", { allow: packages }] },
});

export default defineConfig(
  { ignores: ["dist", "cdktf.out", "node_modules", "coverage", "docs/.vitepress/{cache,dist,pages}"] },
  js.configs.recommended,
  tseslint.configs.strict,
  prettier,
  {
    files: ["**/*.mjs"],
    languageOptions: { globals: { process: "readonly", console: "readonly", URL: "readonly" } },
  },
  {
    rules: {
      "max-lines": ["error", { max: 250, skipBlankLines: true, skipComments: true }],
      "no-restricted-syntax": [
        "error",
        "ImportDeclaration:not(:first-child) ~ :not(ImportDeclaration) ~ ImportDeclaration",
      ],
    },
  },
  {
    files: ["lib/**/*.ts"],
    rules: { "max-lines-per-function": ["error", { max: 20, skipBlankLines: true, skipComments: true }] },
  },
  zone(beside, [tests]),
  zone(["lib/cli/**/*.ts"], [cdk, provider]),
  zone(["lib/testing/**/*.ts"], [cli, commander, cdk, provider]),
  zone(["lib/*.ts"], [index, cli, testing, commander, cdk, provider], ["lib/layout.ts"]),
  zone(
    ["lib/terraform/**/*.ts"],
    [...outer("terraform"), constructs, commander, cdk, provider],
    Object.values(TERRAFORM),
  ),
  zone([TERRAFORM.cdk], [...outer("terraform"), constructs, commander, provider]),
  zone([TERRAFORM.provider], [...outer("terraform"), constructs, commander, cdk]),
  optional(TERRAFORM.cdk, ["^cdkt[fn]$"]),
  optional(TERRAFORM.provider, ["^@cdkt[fn]/provider-null$"]),
  ...inner.map((room) =>
    zone([`lib/${room}/**/*.ts`], [...outer(room), constructs, commander, cdk, provider, tree]),
  ),
  zone(["lib/layout.ts"], [{ regex: "" }]),
);
