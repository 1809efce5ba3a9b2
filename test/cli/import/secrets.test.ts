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

test.each([
  "Environment=SMTP_PASS=hidden",
  "Environment=DB_PWD=hidden",
  'Environment="DB_PASSWORD=two hidden words"',
  "Environment=STRIPE_KEY=hidden",
  "Environment=HMAC_KEY=hidden REDIS_AUTH=hidden DEVISE_PEPPER=hidden",
  "Environment=PAYMENTS=sk_live_hidden01",
  'Environment="DATABASE_URL=postgres://h/db?user=a&password=hidden"',
  'Environment="HEADER=Authorization: Bearer hidden"',
  "Environment=SENTRY_DSN=https://hidden@errors.example/1",
  'ExecStartPost=/usr/bin/curl -H "Authorization: Bearer hidden" https://hooks.example/x',
  "ExecStartPre=/usr/bin/mysqladmin --password hidden ping",
  "ExecStartPre=/usr/bin/mysqladmin --password='hidden' ping",
  "ExecStop=/usr/bin/pumactl -S /run/a/state -T 'hidden' stop",
  "ExecStop=/usr/bin/pumactl --control-token 'hidden' stop",
  "Environment=SECRET_KEY_BASE = hidden",
  "Environment=SECRET_KEY_BASE: hidden",
  "Environment=DB_PASSWORD=two hidden words",
  String.raw`Environment="CONFIG={\"password\":\"hidden\"}"`,
  `Environment='CONFIG={"password":"hidden"}'`,
  "Environment=DSN=host=h password=hidden",
  "Environment=BUNDLE_GEMS__CONTRIBSYS__COM=user:hidden",
  "Environment=SESSION=eyJhbGciOiJIUzI1NiJ9.hidden.hidden",
  'ExecStartPre=/usr/bin/env "DB_PASSWORD=a hidden" true',
  "ExecStartPre=/usr/bin/env 'A=1 DB_PASSWORD=a hidden b' true",
  String.raw`ExecStartPre=/usr/bin/env DB_PASSWORD=a\ hidden true`,
  "ExecStartPre=/usr/bin/env DB_PASSWORD=a;hidden B=c true",
  "ExecStartPre=/usr/bin/env DB_PASSWORD=a&hidden true",
  `ExecStartPre=/usr/bin/env DB_PASSWORD=a"hidden" true`,
  String.raw`ExecStartPre=/bin/sh -c "export TOKEN=\"hidden\"; true"`,
  "ExecStartPre=/usr/bin/curl -u user:hidden https://hooks.example",
  'ExecStartPre=/usr/bin/curl -H "PRIVATE-TOKEN: hidden" https://hooks.example',
  "ExecStartPre=/usr/bin/curl https://hooks.slack.com/services/T0/B0/hidden",
  "ExecStartPre=/usr/bin/redis-cli -a hidden ping",
  "X-Token=hidden",
  "SECRET_KEY_BASE=hidden",
])("nor is it in a program from %s", (line) => {
  const { program } = importTexts({ "web.service": `${SERVICE}${line}\n` });
  expect(program).not.toContain("hidden");
});

test("nor is it in an error", () => {
  const at = (): unknown => importTexts({ "web.service": `${SERVICE}SECRET_KEY_BASE: hidden\n` });
  expect(at).toThrow(
    'web.service:4: must be a [Section], a Name=value or a # comment, got "SECRET_KEY_BASE: …',
  );
});

test("what stands beside a secret is shown", () => {
  const { program } = importTexts({
    "web.service": `${SERVICE}ExecStartPre=/usr/bin/env A=1 TOKEN=hidden true; echo "B=2 c"\n`,
  });
  expect(program).toContain('ExecStartPre=/usr/bin/env A=1 TOKEN=… true; echo "B=2 c"');
});

test.each([
  ["SSL_KEY", "/etc/ssl/web.pem"],
  ["RECAPTCHA_PUBLIC_KEY", "6Lc"],
  ["PWD", "/srv/app"],
  ["PARTITION_KEY", "no"],
  ["MONKEY", "bananas"],
  ["DOCS", "https://user@host/path"],
  ["BUNDLE_BUILD__NOKOGIRI", "--use-system-libraries"],
  ["BUNDLE_PATH__SYSTEM", "true"],
  ["BYPASS", "bypass=on"],
  ["WAIT", "http://token:8080/"],
])("%s=%s is none", (name, value) => {
  const { program } = importTexts({ "web.service": `${SERVICE}Environment=${name}=${value}\n` });
  expect(program).toContain(`${name}: "${value}"`);
});

test("what is secret in one of several lines leaves the others there", () => {
  const lines = ["/bin/mkdir -p /run/a", "/usr/bin/env TOKEN=hidden true", "/bin/true"];
  const { program } = importTexts({
    "web.service": `${SERVICE}${lines.map((one) => `ExecStartPre=${one}\n`).join("")}`,
  });
  expect(program).not.toContain("hidden");
  expect(program).toContain('ExecStartPre: ["/bin/mkdir -p /run/a", "/bin/true"]');
  expect(program).toContain("web.service:5: ExecStartPre=/usr/bin/env TOKEN=… true: a secret is in it");
});
