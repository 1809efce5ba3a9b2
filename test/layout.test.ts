import {
  CANDIDATE_ROLES,
  candidateFolder,
  candidateName,
  type CandidateRole,
  CONTROL_SOCKET,
  controlFile,
  RUN_ROOT,
  STATE_ROOT,
  UNIT_FOLDER,
} from "../lib/layout";
import { hostScript, launchScript, loadScript } from "../lib/runtime/parts";

const script = hostScript();

/** What the shell calls a role in a function whose argument it is. */
const ROLE = "$1" as CandidateRole;
const SERVICE = "${2:-$PUMA_SERVICE}";

test.each([
  ["ETC", UNIT_FOLDER],
  ["ROOT", STATE_ROOT],
  ["RUN_ROOT", RUN_ROOT],
  ["STATE", "$ROOT/$PUMA_SERVICE"],
  ["STAGE", "$RUN_ROOT/$PUMA_SERVICE"],
])("%s is %s in the shell", (name, place) => {
  expect(script.match(new RegExp(`^${name}=.*$`, "gm"))).toEqual([`${name}=${place}`]);
});

test("candidates have the same roles, names and places in the shell", () => {
  expect(script).toContain(`for role in ${CANDIDATE_ROLES.join(" ")}; do`);
  expect(script).toContain(`${candidateName(SERVICE, ROLE)}.service`);
  expect(script).toContain(`"${candidateFolder(SERVICE, ROLE)}"`);
  expect(script).toContain(`--control-url unix://$(own_folder "$1")/${CONTROL_SOCKET}`);
  expect(controlFile(SERVICE)).toBe(`${RUN_ROOT}/${SERVICE}/control`);
  expect(script).toContain('>"$STAGE/control"');
});

test("nothing else in the scripts is in a folder of the library's", () => {
  const places = (script + launchScript() + loadScript()).match(/\/(var\/lib|run)\/cdktf-puma[\w/${}:-]*/g);
  const kept = "$PUMA_SERVICE";
  expect([...new Set(places)].sort()).toEqual(
    [
      STATE_ROOT,
      `${STATE_ROOT}/${kept}`,
      `${STATE_ROOT}/${kept}/run`,
      RUN_ROOT,
      candidateFolder(SERVICE, ROLE),
    ].sort(),
  );
});
