/** What restarts a service by itself, with stand-ins for systemd and the run: see test/e2e/restart-on.hosts.ts for the real ones. */
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { followScript } from "../../lib/runtime/parts";
import { folderOf, moved, sh, SHELLS } from "./shell";

/** What a run does in the place of a restart. */
const RUN = 'echo "restart by $SUDO_USER" >>"$log"; echo output';

describe.each(SHELLS)("under $name", (shell) => {
  /** A host with a Puma that runs the first of three releases, and `events`, one after the other, each followed by a look. */
  async function followed(
    events: readonly string[],
    run = RUN,
    args = (root: string): string[] => ["link", `${root}/current`],
  ): Promise<{ log: string; stdout: string; codes: string; slept: string[] }> {
    const root = folderOf();
    for (const folder of ["releases/1", "releases/2", "releases/3", "var/lib/cdktf-puma/web"])
      mkdirSync(join(root, folder), { recursive: true });
    const script = `
      root=${root} log=${root}/log
      export root log
      cd $root && ln -s releases/1 current && : >log && : >slept
      printf '%s\\n' "#!/bin/sh" '${run.replaceAll("'", `'\\''`)}' >var/lib/cdktf-puma/web/run.sh
      cat >var/lib/cdktf-puma/web/follow.sh <<'END_OF_SCRIPT'
id() { echo 0; }
sleep() { echo "$1" >>$root/slept; }
flock() { /usr/bin/flock "$@"; }
systemctl() {
  case $2 in
    *ActiveState) echo inactive ;;
    *MainPID) cat $root/main ;;
    *Monotonic) cat $root/monotonic ;;
  esac
}
stat() { /usr/bin/stat "$@"; }
openssl() { [ -f "$root/cert" ] || return 1; case $* in *" $root/bad"*) echo other ;; *) echo public ;; esac }
${moved(followScript(), root).replace(/local PATH\n *PATH=.*\n/, "")}
END_OF_SCRIPT
      cat >start <<'END_OF_SCRIPT'
(cd -P "$root/$1" && exec sleep 60) >/dev/null 2>&1 &
echo $! >"$root/pid"
cp "$root/pid" "$root/main"
until [ "$(readlink "/proc/$!/cwd")" = "$(readlink -f "$root/$1")" ]; do :; done
END_OF_SCRIPT
      start() { sh $root/start "$1"; }
      end() { kill "$(cat $root/pid)"; }
      look() { ${shell.command.join(" ")} var/lib/cdktf-puma/web/follow.sh web $root/current ${args(root).join(" ")}; echo $? >>codes; }
      echo 999999999999 >monotonic
      start current
      look
      ${events.map((event) => `${event}; look`).join("\n      ")}
      end`;
    const { stdout, stderr } = await sh(shell, script);
    expect(stderr).toBe("");
    const read = (file: string): string => readFileSync(join(root, file), "utf8");
    return {
      log: read("log"),
      stdout,
      codes: read("codes").trim().replaceAll("\n", " "),
      slept: read("slept").trim().split("\n"),
    };
  }

  const moved2 = "ln -sfn releases/2 current";
  /** As systemd has it once Puma was restarted. */
  const RESTARTS = `${RUN}; kill "$(cat pid)"; sh start current`;

  test("a link that is moved restarts, once, and what is told comes out", async () => {
    expect(await followed([moved2, "touch revisions.log"], RESTARTS)).toMatchObject({
      ...{ log: "restart by the release link\n", stdout: "output\n", codes: "0 0 0" },
    });
  });

  test("what somebody has restarted already is not restarted again", async () => {
    expect((await followed([`${moved2}; end; start current`])).log).toBe("");
  });

  test("a link that is set to what runs is no reason", async () => {
    expect((await followed(["ln -sfn releases/1 current"])).log).toBe("");
  });

  test("a release that somebody has gone back from stays so until the link is moved again", async () => {
    const back = "end; start releases/1";
    const { log } = await followed([moved2, back, "touch revisions.log", moved2], RESTARTS);
    expect(log).toBe("restart by the release link\n".repeat(2));
  });

  test("who moves it again and again leaves a while to others, and has it look once in a second", async () => {
    const run = `${RESTARTS}; n=$(wc -l <"$log"); [ "$n" -gt 3 ] || ln -sfn releases/$((n % 2 + 2)) current`;
    const { log, slept } = await followed([moved2], run);
    expect(log).toBe("restart by the release link\n".repeat(4));
    expect(slept.filter((seconds) => Number(seconds) > 1).length).toBe(3);
    expect((await followed(["touch one", "touch two"])).slept).toEqual(["1", "1", "1"]);
  });

  test("what is looked at for the first time is no news", async () => {
    const events = [
      `${moved2}; sed -i 's/^link/certificate/' var/lib/cdktf-puma/web/followed`,
      "touch other",
    ];
    expect((await followed(events)).log).toBe("");
  });

  test("what was there as it began is no news", async () => {
    expect((await followed([`rm var/lib/cdktf-puma/web/followed; ${moved2}`, "touch other"])).log).toBe("");
  });

  test("what does not run starts with what is there, and is not started", async () => {
    expect(await followed([`echo 0 >main; ${moved2}`, "touch revisions.log"])).toMatchObject({
      log: "",
      codes: "0 0 0",
    });
  });

  test("what moves on meanwhile is restarted for in the end, though systemd tells of it no more", async () => {
    const run = `${RESTARTS}; [ -e once ] || ln -sfn releases/3 current; touch once`;
    expect((await followed([moved2], run)).log).toBe("restart by the release link\n".repeat(2));
  });

  test("one that fails is not tried again, unless it was replaced meanwhile", async () => {
    expect(await followed([moved2, "touch revisions.log"], `${RUN}; exit 1`)).toMatchObject({
      log: "restart by the release link\n",
      codes: "0 1 0",
    });
    const mended = `${RUN}; [ -e once ] && exit 0; touch once; ln -sfn releases/3 current; exit 1`;
    expect(await followed([moved2], mended)).toMatchObject({
      log: "restart by the release link\n".repeat(2),
      codes: "0 0",
    });
  });

  test("one that fails is tried again where the same was linked anew meanwhile", async () => {
    const again = `${RUN}; [ -e once ] && exit 1; touch once; ln -s releases/2 new; mv -T new current; exit 1`;
    expect((await followed([moved2], again)).log).toBe("restart by the release link\n".repeat(2));
  });

  test("what meets a lock restarts nothing, and does so once it is unlocked", async () => {
    const lock = "touch var/lib/cdktf-puma/web/locked";
    const { log, stdout, codes } = await followed(
      [`${moved2}; ${lock}`, "touch revisions.log", "rm var/lib/cdktf-puma/web/locked"],
      RESTARTS,
    );
    const told =
      "web is locked, so it was not restarted for the release link: whoever unlocks it has this look again\n";
    expect({ log, stdout, codes }).toEqual({
      log: "restart by the release link\n",
      stdout: `${told}${told}output\n`,
      codes: "0 0 0 0",
    });
  });

  test("it ends where its service was removed", async () => {
    expect(
      await followed([
        `${moved2}; rm -r var/lib/cdktf-puma/web/followed; mkdir -p var/lib/cdktf-puma/web/followed.new`,
      ]),
    ).toMatchObject({
      log: "",
      codes: "0 1",
    });
  });

  const certificate = (root: string): string[] => ["certificate", `${root}/cert`, `${root}/key`];
  const written = (text: string): string => `echo ${text} >cert; echo ${text} >key`;
  /** Puma has started before that. */
  const LATER = "echo -999999999999 >monotonic";

  test.each<[what: string, events: string[], restarts: number]>([
    ["that is renewed", [written("one"), `${LATER}; ${written("two")}`], 1],
    ["of which the key alone is renewed", [written("one"), `${LATER}; echo two >key`], 1],
    ["that is written anew, and is the same", [written("one"), `${LATER}; ${written("one")}`], 0],
    ["that Puma has read as it started", [written("one"), written("two")], 0],
    ["that goes", [`${LATER}; ${written("one")}`, "rm cert"], 1],
  ])("a certificate %s", async (_, events, restarts) => {
    const { log } = await followed(events, RUN, certificate);
    expect(log).toBe(
      "restart by the certificate $root/cert\n"
        .replace("$root", log.replace(/^.*certificate |\/cert\n[^]*/g, ""))
        .repeat(restarts),
    );
  });

  test("a certificate of another key is not taken up", async () => {
    const bad = (root: string): string[] => ["certificate", `${root}/cert`, `${root}/bad-key`];
    const { log, stdout, codes } = await followed(
      [`${LATER}; echo 1 >cert; echo 2 >bad-key`, "touch other"],
      RUN,
      bad,
    );
    expect({ log, codes }).toEqual({ log: "", codes: "0 1 0" });
    expect(stdout).toMatch(
      /^\S+\/cert is no certificate of the key \S+\/bad-key, so nothing was restarted for it\n$/,
    );
  });
});
