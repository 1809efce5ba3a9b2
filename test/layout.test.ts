import {
  CANDIDATE_ROLES,
  candidateFolder,
  candidateName,
  type CandidateRole,
  CONTROL_SOCKET,
  controlFile,
  RUN_ROOT,
  STATE_ROOT,
  stopHelper,
  UNIT_FOLDER,
  unitPath,
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

test.each([
  ["ETC", unitPath("", "user").replace(/\/$/, "")],
  ["ROOT", stopHelper("", "user").replace("//stop.sh", "")],
  ["RUN_ROOT", "$RUNTIME/cdktf-puma"],
  ["RUN_UNITS", "$RUNTIME/systemd/user"],
])("of a user's own systemd %s is %s", (name, place) => {
  const lines = script.match(new RegExp(`^ +${name}=.*$`, "gm"));
  expect(lines?.map((line) => line.trim())).toEqual([`${name}=${place.replace(/^%h/, "$HOME")}`]);
});

test("candidates have the same roles, names and places in the shell", () => {
  expect(script).toContain(`for role in ${CANDIDATE_ROLES.join(" ")}; do`);
  expect(script).toContain(`${candidateName(SERVICE, ROLE)}.service`);
  expect(script).toContain("RUNTIME=/run\n");
  expect(script).toContain(`"${candidateFolder(SERVICE, ROLE).replace(/^\/run/, "$RUNTIME")}"`);
  expect(script).toContain(`--control-url unix://$(own_folder "$1")/${CONTROL_SOCKET}`);
  expect(controlFile(SERVICE)).toBe(`${RUN_ROOT}/${SERVICE}/control`);
  expect(controlFile(SERVICE, "user")).toBe(controlFile(SERVICE).replace("/run", "%t"));
  expect(candidateFolder(SERVICE, ROLE, "user")).toBe(candidateFolder(SERVICE, ROLE).replace("/run", "%t"));
  expect(script).toContain('>"$STAGE/control"');
});

test("nothing else in the scripts is in a folder of the library's", () => {
  const places = (script + launchScript() + loadScript()).match(/\/(var\/lib|run)\/cdktf-puma[\w/${}:-]*/g);
  expect([...new Set(places)].sort()).toEqual([STATE_ROOT, `${STATE_ROOT}/$PUMA_SERVICE`, RUN_ROOT].sort());
});
