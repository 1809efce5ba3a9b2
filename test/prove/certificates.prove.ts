/** Logins by certificates that hold for minutes, as docs/ci.md has them, on a host for each way to reach one. */
import { execFileSync, spawnSync } from "node:child_process";
import { appendFileSync, chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Bind, Connection, Duration, Host, HostKey, PumaService, SshKey } from "../../lib";
import { type FleetHost } from "../../lab/fleet/fleet";
import { errorOf } from "../../lab/engine/output";
import { type Build } from "../../lab/engine/workspace";
import { documented } from "../documented";
import { all, APP, get, onEach } from "../e2e/hosts";
import { setUpHosts } from "../e2e/set-up";

const PORT = 9292;
const [PAGE, KEYS] = ["docs/ci.md", "Keys that hold for minutes"] as const;
/** What is done where the authority is kept, and on each host. */
const [MAKE = "", TRUST = ""] = documented(PAGE, KEYS, 2).split("# on each host");
const SCRIPT = join(__dirname, "../../examples/ci/with-certificate.sh");
const CONNECTIONS = { engine: Connection.engine(), openssh: Connection.openssh() };

const at = setUpHosts(
  Object.keys(CONNECTIONS).map((name) => ({ name, release: "trixie" })),
  { prepare },
);
const file = (name: string): string => join(at.workspace.folder, "ci", name);
const value = (host: FleetHost): Promise<string> => get(host, `http://127.0.0.1:${PORT}/env?EDITED`);
const note = (row: string): void => {
  if (process.env.EVIDENCE) appendFileSync(process.env.EVIDENCE, `| ${row} |\n`);
};

/** Hosts let nobody in but by a certificate, and have one themselves; of the same authority, here. */
async function prepare(): Promise<void> {
  mkdirSync(file("bin"), { recursive: true });
  execFileSync("sh", ["-c", MAKE], { cwd: file("") });
  writeFileSync(file("bin/curl"), VAULT);
  chmodSync(file("bin/curl"), 0o755);
  for (const host of at.hosts) await trust(host);
}

async function trust(host: FleetHost): Promise<void> {
  await host.write("/root/authority", readFileSync(file("authority"), "utf8"), 0o600);
  await host.write("/root/authority.pub", readFileSync(file("authority.pub"), "utf8"));
  await host.exec(`cd /root
    rm /home/ops/.ssh/authorized_keys
    for kind in ecdsa ed25519; do
      ssh-keygen -q -s authority -I ${host.name} -h -n ${host.address} /etc/ssh/ssh_host_\${kind}_key.pub
      echo "HostCertificate /etc/ssh/ssh_host_\${kind}_key-cert.pub"
    done >/etc/ssh/sshd_config.d/host.conf
    rm authority
    #${TRUST}`);
}

/** Vault: what it signs holds for as long as $HOLDS says, for those whom $PRINCIPAL names. */
const VAULT = `#!/bin/sh
for word do last=$word; done
case $last in
  */v1/auth/jwt/login) cat >/dev/null; echo '{"auth":{"client_token":"a-token"}}' ;;
  */v1/ssh/sign/deploy)
    jq -r .public_key >"$FOLDER/signing.pub"
    ssh-keygen -q -s "$FOLDER/$AUTHORITY" -I ci -n "$PRINCIPAL" -V "$HOLDS" "$FOLDER/signing.pub"
    jq -Rs '{data: {signed_key: .}}' "$FOLDER/signing-cert.pub"
    ;;
esac
`;

const stackWith =
  (edited: string): Build =>
  (stack) => {
    const hostKey = HostKey.authority(readFileSync(file("authority.pub"), "utf8").trim());
    const hosts = Object.entries(CONNECTIONS).map(([name, connection]) => {
      const { address, user } = at.fleet.host(name);
      return new Host(name, {
        ...{ address, user, connection, hostKey },
        ...{ key: SshKey.agent(), timeout: Duration.seconds(20) },
      });
    });
    new PumaService(stack, "web", {
      ...APP,
      hosts,
      environment: { EDITED: edited },
      binds: [Bind.tcp(PORT)],
    });
  };

/** Applies by a certificate: the exit code, and all that was printed. */
async function applyBy(
  certificate: object,
  edited: string,
): Promise<{ status: number | null; text: string }> {
  await at.workspace.synth(stackWith(edited));
  const { engine, folder } = at.workspace;
  const words = [engine.binary, "apply", "-auto-approve", "-input=false", "-no-color"];
  const { status, stdout, stderr } = spawnSync(SCRIPT, words, {
    cwd: folder,
    encoding: "utf8",
    env: {
      ...engine.env,
      PATH: `${file("bin")}:${process.env.PATH}`,
      ...{ FOLDER: file(""), ID_TOKEN: "who-i-am", VAULT_ADDR: "https://vault.example.org" },
      ...{ AUTHORITY: "authority", PRINCIPAL: "ops", HOLDS: "-1m:+15m", ...certificate },
    },
  });
  return { status, text: stdout + stderr };
}

test("a certificate of a few minutes is all that it takes", async () => {
  expect(await applyBy({}, "once")).toMatchObject({ status: 0 });
  expect(await onEach(at.hosts, value)).toEqual(all(at.hosts, "once"));
  note("a certificate for 15 minutes | the apply passes, by the engine's own ssh and by OpenSSH");
});

test.each([
  ["a certificate that has expired", { HOLDS: "-20m:-1m" }],
  ["one of another login", { PRINCIPAL: "deploy" }],
  ["one of another authority", { AUTHORITY: "stranger" }],
])("%s is refused, and nothing changes", async (what, certificate) => {
  execFileSync("sh", ["-c", `test -f stranger || ssh-keygen -q -t ed25519 -N '' -f stranger`], {
    cwd: file(""),
  });
  const { status, text } = await applyBy(certificate, "twice");
  expect(status).toBe(1);
  const errors = Object.keys(CONNECTIONS).map((name) => errorOf(text, `null_resource.puma_web_on_${name}`));
  expect(errors[0]).toContain("ssh: unable to authenticate, attempted methods [none publickey]");
  expect(errors[1]).toContain("Permission denied (publickey");
  expect(/^with-certificate\.sh: the certificate held until .* only: /m.test(text)).toBe(
    "HOLDS" in certificate,
  );
  expect(await onEach(at.hosts, value)).toEqual(all(at.hosts, "once"));
  note(
    `${what} | both say that the login is refused${"HOLDS" in certificate ? ", and the script until when it held" : ""}; nothing changes`,
  );
});
