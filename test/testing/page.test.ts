import { readFileSync } from "node:fs";
import { join } from "node:path";
import { matchers } from "../../lib/testing";
import { ROOT } from "../example";
import { newWeb, said } from "./web";

expect.extend(matchers);

test("docs/testing.md shows what a failure prints", () => {
  const page = readFileSync(join(ROOT, "docs/testing.md"), "utf8");
  const Service = {
    User: "deploy",
    MemoryMax: "2G",
    NoNewPrivileges: true,
    Environment: ["RACK_ENV=production", "QUEUE=mail"],
    ExecStart: expect.stringContaining("bundle exec puma"),
  };
  expect(page).toContain(
    `\`\`\`text\n${said(() => expect(newWeb()).toHaveUnit("web.service", { Service }))}\n`,
  );
});
