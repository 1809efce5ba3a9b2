import { hostFacts, remarksIn } from "../../lib/cli/remarks-of-host";

test.each([
  [["locked=anna since noon: the database moves"], ["locked by anna since noon: the database moves"]],
  [
    ["rolled_back=2026-11-27 10:26:05 by ops", "linked=/srv/app/releases/42"],
    [
      "it was rolled back to the generation of 2026-11-27 10:26:05 by ops: an apply that has something to do here brings what the stack says",
      "its directory leads to /srv/app/releases/42 by now: the next start takes that",
    ],
  ],
  [
    ["not_waiting=a.socket", "not_waiting=b.path", "restart_failed=c.service"],
    [
      "a.socket is not active, so nothing comes by it",
      "b.path is not active, so nothing comes by it",
      "the last restart by itself failed: c.service",
    ],
  ],
  [["crashes=3", "cause=! broken"], ["it crashed 3 times in a row: ! broken"]],
  [["health=passed", "release=7", "last=2026-11-27 by ben: release 7 follows 6"], []],
])("of %j it is said that %j", (lines, remarks) => {
  expect(remarksIn(hostFacts(lines))).toEqual(remarks);
});
