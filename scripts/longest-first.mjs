import Sequencer from "@jest/test-sequencer";

/**
 * Jest begins with what took longest the last time; on a fresh machine it knows no times and goes by the size of the
 * files. These are small, and take minutes: begun last, they would run alone at the end.
 */
const LONG = /\/(interruptions|bad-versions|cut-off|put-back)\.hosts\.ts$/;

export default class LongestFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    const isLong = ({ path }) => LONG.test(path);
    return [...sorted.filter(isLong), ...sorted.filter((test) => !isLong(test))];
  }
}
