/** By Connection.openssh(): a connection that is cut, a machine that is made anew, and where a key does not stand. */
import { appendFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { TerraformVariable } from "cdktf";
import { Bind, Connection, Duration, type HostOptions, PumaService, SshKey } from "../../lib";
import { type FleetHost } from "../../lab/fleet/fleet";
import { errorOf, outputOf } from "../../lab/engine/output";
import { type Build } from "../../lab/engine/workspace";
import { APP, declared, eventually, get, says } from "../e2e/hosts";
import { setUpHosts } from "../e2e/set-up";

const PORT = 9292;
const HOLD = "/run/hold";
const ADDRESS = "null_resource.puma_web_on_web1";

const at = setUpHosts([{ name: "web1", release: "trixie" }], {
  prepare: async () => {
    const puma = `sleep 0.1 while File.exist?("${HOLD}")\n`;
    await host().write("/srv/app/current/config/puma.rb", puma);
    at.workspace.engine.env.TF_VAR_key = await readFile(host().keyFile, "utf8");
  },
});
const host = (): FleetHost => at.fleet.host("web1");
const value = (): Promise<string> => get(host(), `http://127.0.0.1:${PORT}/env?EDITED`);
const note = (row: string): void => {
  if (process.env.EVIDENCE) appendFileSync(process.env.EVIDENCE, `| ${row} |\n`);
};

const stackWith =
  (edited: string, changes: Partial<HostOptions> = {}): Build =>
  (stack) => {
    const variable = new TerraformVariable(stack, "key", { type: "string", sensitive: true });
    const key = SshKey.sensitive(variable.stringValue, { teardown: SshKey.file(host().keyFile) });
    new PumaService(stack, "web", {
      ...APP,
      hosts: [declared(host(), { connection: Connection.openssh(), key, ...changes })],
      environment: { EDITED: edited },
      binds: [Bind.tcp(PORT)],
    });
  };

test("a key stands in no plan, no state, no output and no trace of the engine", async () => {
  const { engine, folder } = at.workspace;
  const [, secret = ""] = (await readFile(host().keyFile, "utf8")).split("\n");
  const trace = join(folder, "trace");
  Object.assign(engine.env, { TF_LOG: "trace", TF_LOG_PATH: trace });
  const plan = await at.workspace.plan(stackWith("once"));
  const output = await at.workspace.apply(stackWith("once"));
  delete engine.env.TF_LOG;
  const state = await readFile(join(folder, "terraform.tfstate"), "utf8");
  const traced = await readFile(trace, "utf8");
  expect(traced).toContain("local-exec");
  // A plan keeps the variables that it was made with.
  const { variables, ...rest } = plan as unknown as Record<string, unknown>;
  expect(JSON.stringify(variables)).toContain(secret);
  for (const text of [JSON.stringify(rest), output, state, traced]) expect(text).not.toContain(secret);
  note("a sensitive key | stands in the plan's variables alone");
});

test("a run outlives its connection, and the next apply says how it ended", async () => {
  await host().exec(`touch ${HOLD}`);
  const cut = at.workspace.applyInVain(stackWith("cut"));
  await eventually("a Puma that boots", async () =>
    /^(restarting|waiting)/.test(await says(host(), "cat /run/cdktf-puma/web/step")),
  );
  await host().exec("pkill -KILL -u ops sshd");
  expect(errorOf(await cut, ADDRESS)).toContain("the connection to");
  await host().exec(`rm ${HOLD}`);
  await eventually(
    "the end of the run",
    async () =>
      (await value()) === "cut" && (await says(host(), "systemctl is-active cdktf-puma-web")) === "inactive",
  );
  const text = await at.workspace.apply(stackWith("cut"));
  expect(outputOf(text, ADDRESS)).toMatch(/^last run: .*: web\.service changed: Environment; from /m);
  note("a connection that is cut | the run ends by itself, and the next apply says how");
});

test("a machine that was made anew behind its address is told by its identity, and is installed", async () => {
  await host().exec(`systemctl disable --now web.service
    rm -rf /var/lib/cdktf-puma /etc/systemd/system/web.service* && systemctl daemon-reload`);
  expect(await at.workspace.apply(stackWith("cut"))).toContain("No changes.");
  const text = await at.workspace.apply(stackWith("cut", { identity: "another" }));
  expect(outputOf(text, ADDRESS)).toContain("web.service is new");
  expect(await value()).toBe("cut");
  note("a machine that was made anew | is installed where its identity changes");
});

test.each([
  ["all of it", "cat >/dev/null"],
  ["a line of it", "read -r _"],
])("a profile that reads of the script, %s, is an error, and no shell is lost", async (_, line) => {
  await host().exec(`sed -i '1i ${line}' /home/ops/.bashrc`);
  const text = await at.workspace.applyInVain(stackWith("read"));
  await host().exec("sed -i 1d /home/ops/.bashrc");
  expect(errorOf(text, ADDRESS)).toContain("something took of the script");
  expect([await value(), await says(host(), "test -e /bin/sh && echo there")]).toEqual(["cut", "there"]);
  note(`a profile that runs \`${line}\` | nothing ran, and the error says so`);
});

test("a host where nobody listens is tried for its time, and the error names it and the cause", async () => {
  const text = await at.workspace.applyInVain(
    stackWith("port", { port: 2222, timeout: Duration.seconds(3) }),
  );
  const login = `ops@${host().address}`;
  const refused = `ssh: connect to host ${host().address} port 2222: Connection refused`;
  expect(errorOf(text, ADDRESS)).toContain(
    `Error running command 'web on web1': exit status 1. Output: no connection to ${login} yet: ${refused} ` +
      `FAILED on web1: no connection to ${login} by ssh, so nothing ran there: ${refused}`,
  );
  note("a host where nobody listens | is tried for `timeout`, and the error names it");
});
