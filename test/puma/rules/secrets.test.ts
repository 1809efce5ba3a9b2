import { TerraformVariable } from "cdktf";
import { newStack } from "../../stack";
import { warnings } from "./refused";

const READABLE =
  "looks like a secret, which every user of the host, and whoever reads the Terraform state, can read";

test.each([
  ...["SECRET_KEY_BASE", "DATABASE_PASSWORD", "PASSWORD", "API_TOKEN", "STRIPE_API_KEY", "APIKEY"],
  ...["AWS_SECRET_ACCESS_KEY", "RAILS_MASTER_KEY", "client_secret", "TLS_PRIVATE_KEY", "DB_PASS"],
])("%s looks like one", (name) => {
  expect(warnings({ service: { environment: { [name]: "hunter2" } } })).toEqual([
    `PumaService 'web' 'environment.${name}': ${READABLE}; use Secrets.environment() ('secrets')`,
  ]);
});

test("so does an address with a password in it, and a token of the engine's", () => {
  const stack = newStack();
  const { stringValue } = new TerraformVariable(stack, "v", {});
  const environment = { DATABASE_URL: "postgres://blog:hunter2@db/blog", SECRET_KEY_BASE: stringValue };
  expect(warnings({ service: { environment } }, stack)).toEqual([
    `PumaService 'web' 'environment.DATABASE_URL': ${READABLE}; use Secrets.environment() ('secrets')`,
    `PumaService 'web' 'environment.SECRET_KEY_BASE': ${READABLE}; use Secrets.environment() ('secrets')`,
  ]);
});

test.each(["sk_live_0123456789", "ghp_0123456789", "AKIAIOSFODNN7EXAMPLE", "Bearer abc", "a://:b@c"])(
  "a value that tells itself is one under any name: %s",
  (value) => {
    expect(warnings({ service: { environment: { PLAIN: value } } })).toHaveLength(1);
  },
);

test.each([[["--control-token", "hunter2"]], [["-q", "--control-token=hunter2"]]])("%j holds one", (args) => {
  expect(warnings({ service: { args } })).toEqual([
    `PumaService 'web' 'args[1]': ${READABLE}; let Puma's configuration file say it`,
  ]);
});

test.each([
  ["TOKEN_TTL", "3600"],
  ["PASSWORD_RESET_URL", "https://example.org/reset"],
  ["SECRET_KEY_BASE_DUMMY", "1"],
  ["SSL_PRIVATE_KEY", "/etc/blog/key.pem"],
  ["USE_TOKEN", "true"],
  ["COMPASS", "north"],
  ["KEY", "value"],
  ["REDIS_URL", "redis://cache:6379/0"],
  ["URL", "https://user@example.org/"],
])("%s=%s does not", (name, value) => {
  const service = { environment: { [name]: value }, args: ["--control-token", "none"] };
  expect(warnings({ service })).toEqual([]);
});
