import { functions, quoted, says, SHELLS } from "./shell";

const V4 = [
  "* Min threads: 0, max threads: 16",
  "* Phased restart available",
  "* Listening on tcp://[::]:9292",
];
const CAN = ["*     Restarts: (✔) hot (✔) phased", "* Listening on http://0.0.0.0:9292"];
const CANNOT = ["*     Restarts: (✔) hot (✖) phased", "* Preloading application"];
const REFORKS = "*     Restarts: (✔) hot (✖) phased (✔) refork";

const NOT = "'phased' is not possible here:";
const PRELOADS = `${NOT} Puma preloads the application\n`;
const MAY_PRELOAD = `${NOT} from version 7 on Puma preloads the application unless told otherwise, and the journal does not have what it said of it\n`;
const OLD = "puma 6.6.0 (tcp://0.0.0.0:9292) [app]";
const NEW = "puma 8.0.2 (tcp://0.0.0.0:9292) [app]";

/** What a Puma said as it booted, the title of its process, and what then hinders a phased restart. */
const PUMAS: readonly [name: string, journal: readonly string[], title: string, hindrance: string][] = [
  ["Puma 4", V4, "puma 4.3.8 (tcp://0.0.0.0:9292) [app]", ""],
  ["Puma 4 that preloads", ["* Preloading application", "* Listening"], "puma 4.3.8 (…)", PRELOADS],
  ["Puma 5.1 and newer", CAN, OLD, ""],
  ["Puma 5.1 and newer that preloads", CANNOT, OLD, PRELOADS],
  ["Puma 8 that is told not to preload", CAN, NEW, ""],
  ["Puma 8 with fork_worker, of which nothing more is left", [REFORKS], NEW, PRELOADS],
  ["one that has restarted itself, and preloads now", [...CAN, "* Restarting...", ...CANNOT], NEW, PRELOADS],
  ["one that has restarted itself, and does no longer", [...CANNOT, "* Restarting...", ...CAN], NEW, ""],
  ["Puma 6 with an empty journal", [], OLD, ""],
  ["Puma 7 with an empty journal", [], "puma 7.0.0 (…)", MAY_PRELOAD],
  ["Puma 10 with an empty journal", [], "puma 10.1.0 (…)", MAY_PRELOAD],
  ["an unknown title and an empty journal", [], "/usr/bin/ruby", ""],
];

describe.each(SHELLS)("under $name", (shell) => {
  const hindrance = (journal: readonly string[], title: string, state: string): Promise<string> =>
    says(
      shell,
      `${functions()}
      ${state}
      journalctl() { printf '%s\\n' ${journal.map(quoted).join(" ")}; }
      title_of() { printf %s ${quoted(title)}; }
      are_phases_possible 7 || :`,
    );

  test.each(PUMAS)("%s", async (_, journal, title, expected) => {
    expect(await hindrance(journal, title, "old_workers='8 9'")).toBe(expected);
  });

  test("what a daemon's parent said counts", async () => {
    const script = `${functions({ PUMA_DAEMON: "true" })}
      property() { found=one; }
      journalctl() { case "$*" in *_PID=*) ;; *=one*) echo '* Preloading application' ;; esac; }
      phases_of 7`;
    expect(await says(shell, script)).toBe("no");
  });

  test("a changed unit, a changed file and a Puma without workers are known without a look at the journal", async () => {
    const changed = "old_workers='8 9' service_change=Environment";
    expect(await hindrance(CAN, OLD, changed)).toBe(`${NOT} it does not take up a changed unit\n`);
    const file = "old_workers='8 9' files_change=/etc/puma/web.rb";
    expect(await hindrance(CAN, OLD, file)).toBe(`${NOT} it does not take up a changed file\n`);
    expect(await hindrance(CAN, OLD, "old_workers=''")).toBe(`${NOT} Puma runs without workers\n`);
  });
});
