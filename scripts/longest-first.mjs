import Sequencer from "@jest/test-sequencer";

/**
 * Jest begins with what took longest the last time; on a fresh machine it knows no times and goes by the size of the
 * files. Those whose names end in `.slow.hosts.ts` are small, and take minutes: begun last, they would run alone at the
 * end.
 */
const isSlow = ({ path }) => path.endsWith(".slow.hosts.ts");

export default class LongestFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    return [...sorted.filter(isSlow), ...sorted.filter((test) => !isSlow(test))];
  }
}
