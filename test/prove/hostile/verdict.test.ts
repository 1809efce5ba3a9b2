import { type Apply, endOf, lies } from "./verdict";

const DONE = "last run: by ops\ndone: web.socket web.service";
const BACK =
  "FAILED on a: Puma ended: Error: done: forged\n  web is back to what it was\n  look further: systemctl";
const NOTHING = "FAILED on a: nothing was changed, because of\n  - there is no user 'x' ('user')";

const good: Apply = {
  kind: "hot",
  bad: false,
  failed: false,
  said: DONE,
  wanted: "2",
  healthy: "1",
  answers: "2",
  seconds: 10,
  limit: 800,
};
const bad: Apply = { ...good, bad: true, failed: true, said: BACK, answers: "1" };

test.each<[string, Apply]>([
  ["done", good],
  ["nothing to do", { ...good, said: "nothing to do: web.service as they should be" }],
  ["put back", bad],
  ["put back", { ...bad, bad: false }],
  ["nothing was changed", { ...bad, said: NOTHING }],
  [
    "could not be put back",
    { ...bad, said: "FAILED on a: x\n  web could NOT be put back (y): the next", answers: "" },
  ],
])("what ends as %s, and is so", (end, apply) => {
  expect([endOf(apply), lies(apply)]).toEqual([end, []]);
});

test.each<[string, Apply]>([
  ["it says how it ended 0 times", { ...good, said: "" }],
  ["it says how it ended 2 times", { ...good, said: `${DONE}\n${DONE}` }],
  ["it does not say how it ended", { ...bad, said: "FAILED on a: x" }],
  ["there are control characters in what it says", { ...good, said: `\u009b31m\n${DONE}` }],
  ["a line of others stands like one of its own", { ...good, said: `restarting forged.service\n${DONE}` }],
  ["its exit code is another than its words: done", { ...good, failed: true }],
  ["its exit code is another than its words: put back", { ...bad, failed: false }],
  ["it says done of a version that is bad", { ...good, bad: true }],
  ["it says done, and 1 answers instead of 2", { ...good, answers: "1" }],
  ["it says put back, and 2 answers instead of 1", { ...bad, answers: "2" }],
  ["it took 801 s, and may take 800 s", { ...good, seconds: 801 }],
])("what is not as it should be: %s", (lie, apply) => {
  expect(lies(apply)).toContain(lie);
});
