import { importTexts } from "./imported";

const SERVICE = "[Service]\nWorkingDirectory=/srv/app\nExecStart=/srv/app/bin/puma -C config/puma.rb\n";

test("no secret is in a program, whatever it is in", () => {
  const { program } = importTexts({
    "web.service":
      `${SERVICE.trimEnd()} --control-token hidden1\n` +
      "Environment=A=1 API_TOKEN=hidden2 'URL=redis://x:hidden3@h/0'\nEnvironment=MASTER_KEY=\n" +
      "ExecStartPre=/usr/bin/env PGPASSWORD=hidden4 true\nExecStartPost=/bin/curl https://a:hidden5@h/\nSetCredential=a:hidden6\n",
  });
  expect(program).not.toContain("hidden");
  expect(program).toContain('environment: { A: "1", MASTER_KEY: "" },');
  expect(program).toContain("//   - [Service] Environment=API_TOKEN=…");
});

test.each([
  "/bin/bash -lc 'SECRET_KEY_BASE=hidden exec bundle exec puma -p 80'",
  `/bin/bash -lc 'export API_KEY="hidden"; exec bundle exec puma -p 80'`,
  "/usr/bin/env DATABASE_URL=postgres://a:hidden@h/x bundle exec puma -p 80",
  "/bin/bash -c 'if true; then TOKEN=hidden exec puma; fi'",
])("nor is it in %s", (command) => {
  const { program } = importTexts({
    "web.service": `[Service]\nWorkingDirectory=/srv/app\nExecStart=${command}\n`,
  });
  expect(program).not.toContain("hidden");
  expect(program).toContain('PumaCommand.executable("/usr/local/sbin/start-puma")');
});
