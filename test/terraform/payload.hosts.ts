import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { TerraformVariable, type TerraformStack } from "cdktf";
import { type Engine, findEngine } from "../../lab/engine/engine";
import { Bind, type PumaServiceProps, Restart } from "../../lib";
import { Bundle } from "../../lib/deploy/bundle";
import { DeployStrategy } from "../../lib/deploy/deploy-strategy";
import { runScript } from "../../lib/deploy/run-script";
import { Service } from "../../lib/puma/service";
import { serviceUnit } from "../../lib/puma/service-unit";
import { PropPath } from "../../lib/values/prop-path";
import { newService, newStack, synth, type Synthesized } from "../stack";

const VALUE = `it's "100%" $HOME \\ \${x} %{y} é`;
const BINDS = [Bind.tcp(9292)];

const propsOf = (value: string) => ({
  binds: BINDS,
  user: "o'hara",
  workingDirectory: "/srv/blog/current",
  restart: Restart.hot({ rehearse: true }),
  release: value,
  args: ["--tag", value, "--", "x"],
  environment: { A: value, B: "${a} %{b}" },
});

/** What runs on a host for a service whose values are known at synth: who launches it adds how it is kept there. */
function plainScript(props: Omit<PumaServiceProps, "hosts">): string {
  const service = Service.resolve(PropPath.of("PumaService", "web"), { name: "web", stack: "blog" }, props, {
    binds: BINDS,
  });
  const units = new Map([["web.service", serviceUnit(service)]]);
  return (
    Bundle.of(service, DeployStrategy.resolve(service, props), units, "blog").plainSettings() + runScript()
  );
}

/** What an engine makes of a stack's locals for each host, without its resources, which want providers. */
async function scriptOf(engine: Engine, { locals, variable }: Synthesized): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "cdktf-puma-payload-"));
  try {
    const output = { apply: { value: "${local.puma_web_apply}" } };
    await writeFile(join(dir, "main.tf.json"), JSON.stringify({ locals, variable, output }));
    await engine.init(dir);
    await engine.apply(dir, [`-var=value=${VALUE}`]);
    const { stdout } = await engine.run(dir, ["output", "-raw", "apply"]);
    const [, settings = ""] = /^PUMA_SETTINGS='(.*)'\nPUMA_SCRIPT=/ms.exec(stdout) ?? [];
    const [, script = ""] = /^PUMA_SCRIPT='(.*)'$/m.exec(stdout) ?? [];
    return settings.replaceAll("'\\''", "'") + gunzipSync(Buffer.from(script, "base64")).toString();
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

let engine: Engine;
// Building OpenTofu takes four minutes, once.
beforeAll(async () => {
  engine = await findEngine();
}, 900_000);

test.each<[string, (stack: TerraformStack) => string]>([
  ["synth", () => VALUE],
  ["the engine", (stack) => new TerraformVariable(stack, "value", { type: "string" }).stringValue],
])(
  "of values that %s knows, an engine makes what a bundle says",
  async (_, value) => {
    const stack = newStack();
    // Declared in either case, as it is given in either case.
    const given = value(stack);
    if (given === VALUE) new TerraformVariable(stack, "value", { type: "string" });
    newService(stack, propsOf(given));
    expect(await scriptOf(engine, synth(stack))).toBe(plainScript(propsOf(VALUE)));
  },
  60_000,
);
