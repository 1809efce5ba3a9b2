import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { KEPT_OF_UNIT } from "../../lib/deploy/candidate";
import { folderOf, functions, quoted, says, type Shell, SHELLS } from "./shell";

const SETTINGS = { PUMA_SOCKETS: "web.socket admin.socket", PUMA_KEPT_OF_UNIT: KEPT_OF_UNIT.join("|") };
const MARKER = "# What others have added to the unit on the host stands here.";
const UNITS = "run/systemd/system";

/** Drop-ins of the service, by their paths, in the order in which systemd reads them. */
const DROP_INS = {
  "etc/systemd/system/web.service.d/50-cdktf-puma-last-release.conf":
    "[Service]\nWorkingDirectory=/srv/old\n",
  "etc/systemd/system/web.service.d/mine.conf": `[Unit]
Requires=web.socket
OnFailure=\\
  pager.service
After=db.service
# a comment
[Service]
Nice = 5
Sockets=web.socket
[Unit]
Requires = web.socket db.service
Requires="web.socket"
Requires=my-web.socket\\
web.socket\\
  mail.service 'web.socket' "admin.socket"
ConditionPathExists=web.socket
[Install]
Alias=x.service`,
  "etc/systemd/system/service.d/all.conf": `[Unit]
PartOf=all.target
ConditionPathExists=/srv
[Service]
UMask=\\
# a comment in the midst
  0027
`,
  "etc/systemd/system/service.d/broken.conf": `Nice=7
[Service]
Environment=\\

Environment=A=1 \\`,
  "etc/systemd/system/service.d/last.conf": `Nice=8
[X-Site]
A=1
`,
};

/** What the host makes of a stand-in's unit: its text, and the folder of its drop-ins. */
async function candidate(shell: Shell): Promise<{ text: string; folder: string }> {
  const root = folderOf({
    "run/cdktf-puma/web/candidates/standin": `[Service]\nUser=deploy\n${MARKER}\n[Service]\nRestart=no\n`,
    [`${UNITS}/x`]: "",
    [`${UNITS}/web-.service.d/prefix.conf`]: "[Service]\nExecStartPre=/bin/false\n",
    "etc/systemd/system/webs-.service.d/others.conf": "",
    ...DROP_INS,
  });
  const paths = Object.keys(DROP_INS).map((file) => join(root, file));
  const facts = `\n[web.service]\nDropInPaths=${paths.join(" ")}`;
  await says(shell, `${functions(SETTINGS, root)}\nfacts=${quoted(facts)}; write_candidate standin`);
  const unit = join(root, UNITS, "web-standin.service");
  return { text: readFileSync(unit, "utf8"), folder: `${unit}.d` };
}

describe.each(SHELLS)("under $name", (shell) => {
  test("it has what others added to the unit on the host, less its ties, where its own unit says", async () => {
    expect((await candidate(shell)).text).toBe(`[Service]
User=deploy
${MARKER}
[Unit]
After=db.service
[Service]
Nice = 5
[Unit]
Requires =  db.service
Requires= my-web.socket \\
 \\
mail.service  
ConditionPathExists=web.socket
[Unit]
ConditionPathExists=/srv
[Service]
UMask=\\
  0027
[Service]
Environment=\\

Environment=A=1 \\

[X-Site]
A=1
[Service]
Restart=no
`);
  });

  test("what systemd would add to it by itself, ties and all, is hidden from it", async () => {
    const { folder } = await candidate(shell);
    expect(readdirSync(folder)).toEqual(["all.conf", "broken.conf", "last.conf", "prefix.conf"]);
    expect(readlinkSync(join(folder, "all.conf"))).toBe("/dev/null");
  });
});
