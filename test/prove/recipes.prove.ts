/** The lines of the recipes of docs/ci.md do what they say, by a real engine. No host is asked. */
import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findEngine } from "../../lab/engine/engine";
import { atlantisSteps, githubSteps, gitlabSteps, Machine } from "../ci/recipe";

/** The program of a stack on two hosts, with its state in a file that outlives the checkout. */
const program = (state: string, greeting: string): string => `
import { App, LocalBackend, TerraformStack } from "cdktf";
import { Bind, Host, PumaService, SshKey } from "cdktf-puma";

const app = new App();
const stack = new TerraformStack(app, "blog");
new LocalBackend(stack, { path: ${JSON.stringify(state)} });
new PumaService(stack, "web", {
  hosts: [1, 2].map((i) => new Host("web" + i, { address: "10.0.1.1" + i, user: "ops", key: SshKey.agent(), hostKey: "ssh-ed25519 AAAA" })),
  user: "deploy",
  workingDirectory: "/srv/blog/current",
  binds: [Bind.tcp(9292)],
  environment: { GREETING: ${JSON.stringify(greeting)} },
});
app.synth();
`;

/** Vault, which signs a key that a job who is known has brought, and GitHub, which says who the job is; one authority for both. */
const CURL = `printf '%s\\n' "$*" >>"$FOLDER/asked"
body= header= out=
for word do
  case $last in --data | --data-urlencode) body=$word ;; --header) header=$(cat "\${word#@}") ;; esac
  last=$word
done
case $last in
  *audience=*) [ "$header" = "Authorization: bearer request" ] && echo '{"value":"who-i-am"}' ;;
  */v1/auth/jwt/login) [ "$(jq -r .jwt)" = who-i-am ] && echo '{"auth":{"client_token":"a-token"}}' ;;
  */v1/ssh/sign/deploy)
    [ "$header" = "X-Vault-Token: a-token" ] || exit 22
    jq -r .public_key >"$FOLDER/signing.pub"
    ssh-keygen -q -s "$FOLDER/authority" -I ci -n ops -V -1m:+15m "$FOLDER/signing.pub"
    jq -Rs '{data: {signed_key: .}}' "$FOLDER/signing-cert.pub"
    ;;
  */user) [ "$header" = "PRIVATE-TOKEN:glpat" ] && echo '{"id":9}' ;;
  *notes\\?*) [ "$header" = "PRIVATE-TOKEN:glpat" ] && cat "$FOLDER/notes.json" ;;
  *notes*) cp "\${body#body@}" "$FOLDER/note.md" ;;
  *) exit 22 ;;
esac`;

const GH = `printf '%s\\n' "$*" >>"$FOLDER/asked"
case "$*" in *--paginate*) cat "$FOLDER/ids"; exit ;; esac
for word do case $word in body=@*) cp "\${word#body=@}" "$FOLDER/note.md" ;; esac; done`;

const note = (row: string): void => {
  if (process.env.EVIDENCE) appendFileSync(process.env.EVIDENCE, `| ${row} |\n`);
};

describe("the lines", () => {
  let machine: Machine;
  const file = (name: string): string => join(machine.folder, name);
  /** What with-certificate.sh has made. */
  const left = (): string[] => readdirSync(file("tmp")).filter((name) => name.startsWith("tmp."));
  const asked = (): string => readFileSync(file("asked"), "utf8");
  const commit = (greeting: string): void => {
    machine.write("main.ts", program(file("terraform.tfstate"), greeting));
    rmSync(join(machine.checkout, "cdktf.out"), { recursive: true, force: true });
    for (const name of ["asked", "note.md", "steps.md"]) rmSync(file(name), { force: true });
    writeFileSync(file("asked"), "");
  };

  beforeAll(async () => {
    machine = new Machine(await findEngine());
    for (const [name, script] of Object.entries({ curl: CURL, gh: GH })) machine.tool(name, script);
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", file("authority")]);
    mkdirSync(file("tmp"));
  }, 600_000);
  afterAll(() => machine?.close());

  const BASH = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"];
  const GITHUB = {
    "secrets.PG_CONN_STR": "",
    "vars.VAULT_ADDR": "https://vault.example.org",
    "github.token": "token",
    "github.repository": "ops/blog",
    "github.event.pull_request.number": "7",
  };
  const github = (name: string): ReturnType<Machine["run"]> =>
    machine.run(githubSteps(`github/${name}.yml`, name, GITHUB), BASH, {
      ACTIONS_ID_TOKEN_REQUEST_URL: "https://token.example.org/?x=1",
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "request",
      GITHUB_STEP_SUMMARY: file("steps.md"),
      TMPDIR: file("tmp"),
    });
  const comment = (): string => readFileSync(file("note.md"), "utf8");

  test("of GitHub's: a pull request is commented once, a merge is applied, and then nothing is to do", () => {
    commit("hello");
    writeFileSync(file("ids"), "");
    expect(github("plan")).toMatchObject({ status: 0 });
    expect(asked()).toMatch(/--method POST repos\/ops\/blog\/issues\/7\/comments --field/);
    expect(comment()).toContain("**Installed on 2 hosts.**");
    expect(readFileSync(file("steps.md"), "utf8")).toBe(comment());
    writeFileSync(file("ids"), "41\n42\n");
    expect(github("plan")).toMatchObject({ status: 0 });
    expect(asked()).toMatch(/--method PATCH repos\/ops\/blog\/issues\/comments\/41 --field/);
    expect(github("apply")).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("Apply complete!") as string,
    });
    commit("hello");
    expect(github("plan")).toMatchObject({ status: 0 });
    expect(comment()).toContain("Nothing changes.");
    note(
      "GitHub Actions | one comment, written anew by the second push; what is merged is applied; the plan after that is empty",
    );
  });

  test("of GitLab's: the same", () => {
    commit("good morning");
    const given = {
      CI_API_V4_URL: "https://gitlab.example.org/api/v4",
      CI_PROJECT_ID: "3",
      CI_MERGE_REQUEST_IID: "7",
    };
    const secrets = {
      ID_TOKEN: "who-i-am",
      GITLAB_TOKEN: "glpat",
      VAULT_ADDR: "https://vault.example.org",
      TMPDIR: file("tmp"),
    };
    const gitlab = (job: string): ReturnType<Machine["run"]> =>
      machine.run(gitlabSteps(job, { ...given, ...secrets }), BASH);
    writeFileSync(file("notes.json"), JSON.stringify([{ id: 1, body: "LGTM", author: { id: 4 } }]));
    expect(gitlab("plan")).toMatchObject({ status: 0 });
    expect(asked()).toMatch(/merge_requests\/7\/notes$/m);
    expect(comment()).toContain('-Environment=GREETING=hello\n+Environment="GREETING=good morning"\n');
    writeFileSync(
      file("notes.json"),
      JSON.stringify([
        { id: 1, body: comment(), author: { id: 4 } },
        { id: 2, body: comment(), author: { id: 9 } },
      ]),
    );
    expect(gitlab("plan")).toMatchObject({ status: 0 });
    expect(asked()).toMatch(/--request PUT .*notes\/2$/m);
    const { status, stdout } = gitlab("apply");
    expect([status, stdout]).toEqual([0, expect.stringContaining("Puma restarts on 2 hosts.")]);
    expect(stdout).toContain("Apply complete!");
    expect(asked()).not.toMatch(/glpat|who-i-am|a-token/);
    note("GitLab CI | the same, and no token is in a command line");
  });

  test("of Atlantis's: the plan that was shown is applied", () => {
    commit("good evening");
    const env = { PLANFILE: file("blog.tfplan"), SHOWFILE: file("blog.json") };
    const planned = machine.run(atlantisSteps("plan"), ["sh", "-c"], env);
    expect(planned).toMatchObject({ status: 0 });
    expect(planned.stdout).toContain('  +Environment="GREETING=good evening"');
    commit("what came later");
    machine.run(atlantisSteps("plan").slice(0, 1), ["sh", "-c"], env);
    const applied = machine.run(atlantisSteps("apply"), ["sh", "-c"], env);
    expect(applied).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("Apply complete!") as string,
    });
    expect(readFileSync(file("terraform.tfstate"), "utf8")).toContain("good evening");
    note("Atlantis | the plan that was shown is applied, though the program is another by then");
  });

  test("of both: drift fails the job, and is asked for with a certificate", () => {
    commit("good evening");
    const key = `ssh-add -L >"$FOLDER/agent"; while [ "$1" != -- ]; do shift; done; echo cdktf-puma-connected >&2`;
    machine.tool("ssh", `${key}; case $2 in 10.0.1.12) echo drift web.service edited by hand ;; esac`);
    const { status, stdout } = github("drift");
    expect([status, stdout]).toEqual([
      3,
      "web on web1: as it was applied\nweb on web2: web.service edited by hand\n",
    ]);
    expect(readFileSync(file("agent"), "utf8")).toMatch(/^ssh-ed25519-cert-v01@openssh\.com [^\n]* deploy$/m);
    expect(left()).toEqual([]);
    const env = { ID_TOKEN: "who-i-am", VAULT_ADDR: "https://vault.example.org", TMPDIR: file("tmp") };
    expect(machine.run(gitlabSteps("drift", env), BASH)).toMatchObject({ status: 3 });
    note(
      "GitHub Actions and GitLab CI | drift fails the job; hosts are asked with a certificate, and no file of it stays",
    );
  });

  test("without a certificate nothing is run", () => {
    const env = { ID_TOKEN: "somebody-else", VAULT_ADDR: "https://vault.example.org", TMPDIR: file("tmp") };
    const step = { run: "ci/with-certificate.sh echo ran", env };
    const { status, stdout } = machine.run([step], ["sh", "-c"]);
    expect([status !== 0, stdout, left()]).toEqual([true, "", []]);
  });
});
