import { checkBindVersions } from "./bind-versions";
import { checkDaemon, daemonWarnings } from "./daemons";
import { checkFamilies } from "./families";
import { checkHardening, hardeningWarnings } from "./hardening";
import { checkLiterals, literalsWarnings } from "./literals";
import { checkNetworks } from "./networks";
import { checkReload, reloadWarnings } from "./reloads";
import { type Written } from "./rule";
import { checkSandbox } from "./sandbox";
import { secretsWarnings } from "./secrets";
import { checkTies } from "./ties";
import { timeoutsWarnings } from "./timeouts";
import { checkTraps, trapsWarnings } from "./traps";
import { checkUserScope } from "./user-scope";

/** Throws if what the units say cannot work, or breaks a promise of this library. */
export function checkRules(written: Written): void {
  checkUserScope(written);
  checkTies(written);
  checkLiterals(written);
  checkHardening(written);
  checkSandbox(written);
  checkNetworks(written);
  checkFamilies(written);
  checkBindVersions(written);
  checkTraps(written);
  checkReload(written);
  checkDaemon(written);
}

/** What the units say that may not do what is meant. */
export function rulesWarnings(written: Written): string[] {
  return [
    ...literalsWarnings(written),
    ...secretsWarnings(written),
    ...hardeningWarnings(written),
    ...trapsWarnings(written),
    ...reloadWarnings(written),
    ...timeoutsWarnings(written),
    ...daemonWarnings(written),
  ];
}
