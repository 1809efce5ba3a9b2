/** By which test each command of the docs is run, of those that none runs as they stand there. */

/** A way in which commands are run, or the reason why none does. */
export interface Row {
  readonly commands: RegExp;
  /** On these pages alone. @default - on all */
  readonly pages?: RegExp;
  /** The test that runs it, and the text in it by which it does. */
  readonly by?: readonly [file: string, text: string];
  /** The reason why no test runs it, which a reader has to accept. */
  readonly because?: string;
}

const MIGRATION = "test/prove/migrations.prove.ts";
const STATE = "test/prove/state.prove.ts";

export const ROWS: readonly Row[] = [
  // What a stack is applied by.
  {
    commands: /^npx cdktf (deploy|destroy|diff blog)$/,
    by: ["test/prove/commands.prove.ts", '"npm", ["run", "--silent", "demo"]'],
  },
  {
    commands: /^terraform (init && terraform apply|plan)$/,
    by: ["test/e2e/plan.hosts.ts", "workspace.plan(stackWith(edit))"],
  },
  { commands: /^terraform apply -replace=/, by: ["test/e2e/secrets.hosts.ts", "`-replace=${address}`"] },
  { commands: /^terraform state rm /, by: ["test/e2e/removal.hosts.ts", '["state", "rm", addressOf(dead)]'] },
  { commands: /^npx tsx main\.ts$/, by: ["test/commands.test.ts", '"npx", ["tsx", "main.ts"]'] },
  { commands: /^cd cdktf\.out\/stacks\/blog$/, by: ["test/commands.test.ts", '"cdktf.out/stacks/blog"'] },
  // Plans as CI and policies read them, and states.
  {
    pages: /ci|testing/,
    commands: /^terraform -chdir=\S+ (plan -out=plan|show -json plan)/,
    by: ["test/prove/recipes.prove.ts", 'github("plan")'],
  },
  {
    pages: /ci/,
    commands: /^ci\/with-certificate\.sh terraform .* apply plan$/,
    by: ["test/prove/recipes.prove.ts", 'github("apply")'],
  },
  {
    pages: /ci/,
    commands: /^(ssh-keygen|install|echo 'TrustedUserCAKeys|systemctl reload ssh)/,
    by: ["test/prove/certificates.prove.ts", "documented(PAGE, KEYS, 2)"],
  },
  {
    pages: /testing/,
    commands: /^cp tests\//,
    because: "a copy of the reader's own tests; test/prove/policies.prove.ts writes that of the page there",
  },
  {
    pages: /testing/,
    commands: /^terraform (init -backend=false|test)$/,
    by: ["test/prove/policies.prove.ts", "test -no-color 2>&1"],
  },
  {
    pages: /testing/,
    commands: /^conftest test plan\.json --policy /,
    by: ["test/prove/policies.prove.ts", '"test", "plan.json", "--policy", POLICY'],
  },
  { pages: /state/, commands: /^export PG_CONN_STR=/, by: [STATE, "env.PG_CONN_STR = server.address"] },
  {
    pages: /state/,
    commands: /^terraform apply -lock-timeout=10m$/,
    by: [STATE, 'commandsOf("Two at once")'],
  },
  { pages: /state/, commands: /^psql .* "select pid,/, by: [STATE, 'documented("Who has it")'] },
  { pages: /state/, commands: /^psql .* "select pg_terminate/, by: [STATE, 'documented("The holder dies")'] },
  {
    pages: /state|testing/,
    commands: /^(npx cdktf (synth|deploy eu us)|node -p |for stack|terraform -chdir="|done$)/,
    by: ["test/prove/state-stacks.prove.ts", 'commandsOf("Apply them in their order")'],
  },
  {
    pages: /redmine/,
    commands: /^apt-get install redmine$/,
    because: "it asks Debian's archive; test/prove/redmine.prove.ts upgrades by dpkg, by which apt installs",
  },
  {
    pages: /redmine/,
    commands: /^(version=|cp -a|ln -sfn)/,
    by: ["test/prove/redmine.prove.ts", 'documented("docs/redmine.md", "What a package overwrites")'],
  },
  // The beginning.
  {
    commands: /^git clone https:.* && /,
    because: "it is on another machine; test/package.test.ts runs npm pack",
  },
  {
    commands: /^(mkdir blog|echo '\{ "language")/,
    by: ["test/commands.test.ts", 'documented("README.md", "Two commands", 2)'],
  },
  { commands: /^npm install /, by: ["test/consumers/consumer.ts", 'npm(folder, "install")'] },
  { commands: /^npm ci$/, by: [".ci/run", "npm ci"] },
  { commands: /^npm run demo$/, by: ["test/prove/commands.prove.ts", '"npm", ["run", "--silent", "demo"]'] },
  // On a host.
  {
    pages: /on-call/,
    commands: /openssl s_client/,
    by: ["test/prove/on-call.prove.ts", "openssl s_client -connect localhost:9292"],
  },
  {
    pages: /on-call/,
    commands: /^sudo rm .*\/locked$/,
    by: ["test/prove/on-call.prove.ts", "sudo rm /var/lib/cdktf-puma/web/locked"],
  },
  {
    pages: /on-call/,
    commands: /^sudo certbot renew$/,
    because: "it asks a certificate authority on the internet",
  },
  {
    pages: /on-call/,
    commands: /^for host in web1 /,
    because: "an ssh of the reader's to hosts of the reader's; its command is run on a host",
  },
  {
    pages: /on-the-host/,
    commands: /socat/,
    because: "socat is one of many that write to a unix socket: test/e2e/operators.hosts.ts does by perl",
  },
  {
    pages: /user-units/,
    commands: /^sh ~\/\.local\/state\//,
    by: ["test/e2e/user-units.hosts.ts", "sh ~/.local/state/cdktf-puma/web/run.sh"],
  },
  {
    pages: /guide/,
    commands: /^(set -e|exec 3<>|echo "set server|\[ -z )/,
    by: ["test/prove/balancer.prove.ts", 'echo "set server web/$HOSTNAME state $1" >&3'],
  },
  // From another way to run Puma, block by block as they stand there.
  {
    pages: /from-capistrano/,
    commands: /^scp /,
    because: "a copy of two files by the reader's ssh; what is imported is read by test/cli/programs.test.ts",
  },
  {
    pages: /from-capistrano/,
    commands: /^(curl|as_deploy|cat >|systemctl|until)/,
    by: [MIGRATION, "documented(page, PORT_TAKEN, 3)"],
  },
  {
    pages: /from-capistrano/,
    commands: /^sudo cdktf-puma /,
    by: [MIGRATION, 'documented(page, "Deploy, and go back")'],
  },
  {
    pages: /from-plain/,
    commands: /^(pid=\$\(sudo|ps|sudo (readlink|cat|grep|crontab))/,
    by: [MIGRATION, 'documented(page, "Look at what runs")'],
  },
  {
    pages: /from-plain/,
    commands: /^curl/,
    by: [MIGRATION, 'documented(page, "Try it beside the old one")'],
  },
  {
    pages: /from-plain/,
    commands: /^(cat >|systemctl|pid=\$\(ss|kill|until)/,
    by: [MIGRATION, 'documented(page, "Switch")'],
  },
  {
    pages: /from-plain/,
    commands: /^sudo cdktf-puma restart/,
    by: [MIGRATION, 'documented(page, "From then on")'],
  },
  {
    pages: /from-ansible/,
    commands: /^ansible-inventory/,
    by: [MIGRATION, 'documented(page, "Make the program")'],
  },
  {
    pages: /from-ansible/,
    commands: /^ansible-playbook/,
    by: [MIGRATION, 'documented(page, "Take the unit out of the playbook")'],
  },
];

/** Of each of our commands over hosts, the test that runs it against real ones. */
export const ON_REAL_HOSTS: Readonly<Record<string, readonly [file: string, text: string]>> = {
  status: ["test/e2e/asked-from-afar.hosts.ts", 'called(at.workspace, "status"'],
  logs: ["test/e2e/asked-from-afar.hosts.ts", 'called(at.workspace, "logs"'],
  restart: ["test/e2e/asked-from-afar.hosts.ts", 'called(at.workspace, "restart"'],
  history: ["test/prove/commands.prove.ts", "allCommands().filter(runOnHost)"],
  run: ["test/e2e/asked-from-afar.hosts.ts", '["run", "--", "sh"'],
  doctor: ["test/e2e/asked-from-afar.hosts.ts", 'called(at.workspace, "doctor"'],
  drift: ["test/e2e/asked-from-afar.hosts.ts", 'called(at.workspace, "drift"'],
  lock: ["test/e2e/asked-from-afar.hosts.ts", 'called(at.workspace, "lock"'],
  unlock: ["test/e2e/asked-from-afar.hosts.ts", 'called(at.workspace, "unlock"'],
  list: ["test/e2e/retiring.hosts.ts", 'call("list")'],
  remove: ["test/e2e/retiring.hosts.ts", 'call("remove"'],
  import: ["test/cli/import/import.hosts.ts", "import { unitsOfHost }"],
};
