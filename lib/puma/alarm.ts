import { startableUnit } from "../systemd/names";
import { type PropPath } from "../values/prop-path";
import { type Directives } from "./directives";

/** The values of Restart= with which systemd starts again whatever crashed. */
const STARTED_AGAIN = ["always", "on-failure"];

/**
 * The unit that tells of a Puma that crashes again and again; undefined where there is none.
 * @param directives of the service, of whose Restart= the last one counts
 * @throws if it is no unit, or could never be started
 */
export function alarmUnit(
  at: PropPath,
  alarm: string | undefined,
  directives: Directives | undefined,
): string | undefined {
  if (alarm === undefined) return undefined;
  const policy = [directives?.Service?.Restart ?? "always"].flat().at(-1);
  if (STARTED_AGAIN.includes(String(policy))) return startableUnit(at, alarm);
  const why = "no other Puma crashes three times in a row";
  return at.refuse(
    `go with Restart=${STARTED_AGAIN.join(" or ")}, as ${why}; use OnFailure= in [Unit]`,
    alarm,
  );
}
