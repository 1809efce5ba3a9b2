import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The parts that are tests, by their name, with what stands over the rows that they write. */
export const TESTED: Record<string, string> = {
  directives: `## Values of directives

Lines of directives, each of a section that has it: values of the directive's type, the same with a slip, values of other types,
and empty ones, from a seed. The library says whether a systemd of the release takes the line, and so does its
\`systemd-analyze verify\`. *Listed* are lines that systemd refuses and the library takes, each with its reason in
\`test/systemd/disagreements.ts\`; *other* are all else on which they differ: there may be none. The test is
\`test/prove/directives.prove.ts\`.

| release | lines | both take | both refuse | listed | other |
| --- | --- | --- | --- | --- | --- |
`,
  takeover: `## A fleet of before DeferAcceptSec= is taken over

What an older version of this library installed, commit 6c955e8, is taken over in one apply, which closes each socket and opens
it again, once, as systemd takes up \`DeferAcceptSec=\` only there. Meanwhile 16 clients ask over a new connection for each
request, 25 ms after the answer before. *Refused* found nobody who listens, *lost* were reset: Puma, still without that line,
closes what it has not read, and the kernel closes what waits for the socket that goes. The test is
\`test/prove/takeover.prove.ts\`.

| Puma | answered 200 | refused | lost | longest |
| --- | --- | --- | --- | --- |
`,
  "first-apply": `## Units that somebody has written by hand are taken over

Three times each, \`cdktf-puma import\` makes a program of them, of which the first apply is a hot restart, with \`takeOver\`. The
application boots for a second. Meanwhile eight clients ask over a new connection for each request, 64 ms after the answer before.
*Refused* found nobody who listens, *lost* got no answer. A socket that was there stays open: the test compares its inode. The test
is \`test/prove/first-apply.prove.ts\`.

| Puma | what was there | taken over | answered 200 | refused | lost | longest |
| --- | --- | --- | --- | --- | --- | --- |
`,
  migrations: `## From another way to run Puma

The commands of [from Capistrano](from-capistrano.md), [from plain machines](from-plain-machines.md) and [from
Ansible](from-ansible.md), run as they stand there on a host of Debian 13 (with Ansible, 12), up to the apply that takes over at the
same port. Meanwhile eight clients ask over a new connection for each request, 64 ms after the answer or the refusal before. *Refused*
found nobody who listens; *lost* were closed unread by the old Puma, or by the kernel with its socket. The test is
\`test/prove/migrations.prove.ts\`.

| what ran Puma before | answered 200 | refused | lost | longest |
| --- | --- | --- | --- | --- |
`,
  site: `## The site in a browser

Chromium opens each page of the docs' site, at the width of a desk and of a telephone. None is wider than its window, no picture is
missing, and no page's program says that something is wrong. The test is \`test/prove/site.prove.ts\`.

| width | pages | pictures |
| --- | --- | --- |
`,
  needrestart: `## needrestart after an upgrade of OpenSSL

Debian 12, whose needrestart is told to restart by itself what has a library open that is replaced. The application boots for two
seconds. Meanwhile four clients ask over a new connection for each request, 64 ms after the answer before. A third service is
exempt: it goes on until its next release. A fourth is redirected, and restarts as by \`cdktf-puma restart\`. The test is \`test/prove/needrestart.prove.ts\`.

| socket | refused | longest |
| --- | --- | --- |
`,
  openssh: `## What may happen to a connection by OpenSSH

One host, whose key is the value of a sensitive variable. The test is \`test/prove/openssh.prove.ts\`.

| what | what was seen |
| --- | --- |
`,
  recipes: `## Recipes for CI

The lines of each file below \`examples/ci\` are run as its CI runs them, with the engine and \`cdktf synth\`, against a stack whose state
is in a file. No host is asked; \`gh\`, \`curl\` and Vault are stand-ins. The test is \`test/prove/recipes.prove.ts\`.

| recipe | what was seen |
| --- | --- |
`,
  certificates: `## Logins by certificates that hold for minutes

A host that the engine's own ssh reaches, and one that OpenSSH does. Both let nobody in but by a certificate, and are known by one. The
certificate is made by \`examples/ci/with-certificate.sh\`, with a stand-in for Vault. The test is
\`test/prove/certificates.prove.ts\`.

| the certificate | what was seen |
| --- | --- |
`,
  secrets: `## Secrets that change, and an engine that is killed

A host of each release. Each way brings 40 random bytes with hostile characters around them, to variables and to credentials: by OpenSSH,
which is what commands ask for. Then the engine's own ssh reaches two of them, and OpenSSH two. The engine is killed (\`kill -9\`) as soon as a
version has arrived: the secret is looked for in its folder, in the command lines of all processes and on the hosts. The test is
\`test/prove/secrets.prove.ts\`.

| engine | what | what was seen |
| --- | --- | --- |
`,
  fleet: `## The command line over 50 hosts

\`npx cdktf-puma status\` over 50 names in ssh_config: 47 of them are two hosts, which have half of the work each, three are addresses
that do not answer. The time is that of the command, in a process that has begun. The test is \`test/prove/fleet.prove.ts\`.

| hosts | of which dead | time |
| --- | --- | --- |
`,
  ephemeral: `## A secret that a provider makes, and the engine forgets

A host of each release, two of which the engine's own ssh reaches, and two OpenSSH. The password is an ephemeral \`random_password\` of
hashicorp/random. It is looked for in the engine's folder (state, configuration, a log at TRACE), in its output, in the command
lines of all processes and on the hosts. Where no registry can be reached, the environment's \`RANDOM_PROVIDER\` names the provider's
program. The test is \`test/prove/ephemeral.prove.ts\`.

| engine | what | what was seen |
| --- | --- | --- |
`,
  "first-boot": `## Machines that come up with a service

Hosts with Debian's cloud-init and a NoCloud seed boot for the first time, with user data of several parts: one of the user's own, and
what \`cloudConfig()\` says of a service with a socket and two files. EC2 takes 16,384 bytes. Then each is reached by an apply. The test is
\`test/prove/first-boot.prove.ts\`.

| machine | what | what was seen |
| --- | --- | --- |
`,
  balancer: `## Hosts are taken out of a balancer

Three hosts without a socket behind HAProxy, which checks nobody's health and tries nothing twice. \`Task.eachHost()\` takes each out and
back in, with two seconds in between for what is under way. Meanwhile eight clients ask over a new connection for each request, and
four over one that they keep. *Not 200* is what HAProxy answers for a host that does not. The test is
\`test/prove/balancer.prove.ts\`.

| the rollout of | answered 200 | not 200 | lost | longest |
| --- | --- | --- | --- | --- |
`,
  generations: `## Rollbacks that somebody asks for on the host

Two versions are healthy, each by its units and its code, and the second runs: \`units 2, code 2\`. Meanwhile, where a time is told, four
clients ask over a new connection for each request, and four over one that they keep; *refused* found nobody who listens. Faults are
injected at steps of the run. The test is \`test/prove/generations.prove.ts\`.

| release | mode | what | serves then | refused | longest |
| --- | --- | --- | --- | --- | --- |
`,
  "on-call": `## A night on call

A host of Debian 13 is brought into each state that docs/on-call.md is about, and the page is held against what the host says. The test
is \`test/prove/on-call.prove.ts\`.

| what is wrong | what one reads first |
| --- | --- |
`,
  hardening: `## What hardening takes from applications that nobody here wrote

One host of each release: Debian's Redmine with PostgreSQL, by its administrator, and on Debian 11, which has none, a Rails of Debian's
packages. All pages that links lead to are asked for without hardening, and then at each level, to which an apply brings it: a rehearsal, and
an overlap (Puma 4: a hot restart). *As without it* are those of the same status, redirect and body, but for tokens and times. Redmine's Ruby
compiles as it runs where Debian builds YJIT, on Debian 12. A task and a health command find themselves in the same sandbox, and a Ruby there
compiles, too (RJIT on 13 and 14). *Exposure* is that of the host's own \`systemd-analyze security\`; \`mastodon-web.service\` is the sandbox that Mastodon
ships for its Puma. The test is \`test/prove/hardening.prove.ts\`.

| release | application | hardening | exposure | pages | as without it |
| --- | --- | --- | --- | --- | --- |
`,
  matchers: `## The matchers of cdktf-puma/testing

A project that installs the packed library and a test runner from the registry, and runs one file of tests, of which two must fail.
The test is \`test/prove/matchers.prove.ts\`.

| test runner | with cdktf | with cdktn |
| --- | --- | --- |
`,
  policies: `## Policies over plans, and \`terraform test\`

A service on five hosts is edited. What conftest says of each plan with the policies of \`policy/\`, and what \`test\` of an engine does
to a stack. The test is \`test/prove/policies.prove.ts\`.

| engine | what | what was seen |
| --- | --- | --- |
`,
  state: `## One state, several people and stacks

The state is in PostgreSQL, of Debian's, on this machine; hosts of Debian 13. Two checkouts of one program apply while the other has the
lock and waits on the host; then one program of two stacks is applied by the CDK's command line and by the engine alone. The
commands are those of docs/state.md. The tests are \`test/prove/state.prove.ts\` and \`test/prove/state-stacks.prove.ts\`.

| by | what | what was seen |
| --- | --- | --- |
`,
  "self-restarts": `## Restarts of Puma by itself, and a hang

A Puma that restarts itself keeps its process and is silent while it boots. *Silence* is the longest time in which systemd did
not hear of it, right before or after a ping, and *killed* how often systemd started it anew: \`WatchdogSec=\` is two minutes,
since \`startTimeout\` is 90 seconds. The one that hangs holds Ruby's lock for ever; its time is until systemd has started it
anew. The test is \`test/prove/self-restarts.prove.ts\`.

| Puma | what it does | a ping was | boot | silence | killed |
| --- | --- | --- | --- | --- | --- |
`,
  redmine: `## An application that nobody here wrote

Debian's Redmine with PostgreSQL, as [docs/redmine.md](redmine.md) declares it: two workers, an overlap, its migrations as a task, and what
is secret as ephemeral variables. Its package is made again with a higher version, and installed by dpkg over the one that runs;
every other upgrade has a migration. Meanwhile six clients load the login page, the list of projects and an issue over a new connection
for each, and three over one that they keep. *Failed* was refused, lost, or not answered by 200; *reset* is what a client saw that asked
on an idle connection in the moment in which Puma closed it, which browsers and proxies ask again by themselves. The test is
\`test/prove/redmine.prove.ts\`.

| release | what | pages | failed | reset | longest |
| --- | --- | --- | --- | --- | --- |
`,
};

/** Runs the test of a part on the releases named, or on all its own, and tells what it saw; whether it passed. */
export function proveTested(part: string, named: readonly string[], tell: (text: string) => void): boolean {
  const folder = mkdtempSync(join(tmpdir(), "cdktf-puma-prove-"));
  const file = join(folder, "seen");
  const words = ["jest", "--selectProjects", "prove", `--testPathPatterns=test/prove/${part}`];
  const env = { ...process.env, EVIDENCE: file, CHOSEN_RELEASES: named.join(" ") };
  try {
    const { status } = spawnSync("npx", words, { stdio: ["ignore", "inherit", "inherit"], env });
    const rows = existsSync(file) ? readFileSync(file, "utf8") : "";
    tell(`${TESTED[part]}${rows}\n${status === 0 ? "Every test passed." : "**Some tests failed.**"}`);
    return status === 0;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
