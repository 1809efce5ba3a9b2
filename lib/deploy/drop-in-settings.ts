import { LEFT_TO_PUMA, reloadOnlyDirectives } from "../puma/directive-table";
import { type DeployStrategy } from "./deploy-strategy";
import { type DropIn } from "./drop-in";
import { type ApplySettings, healthSettings } from "./service-settings";

/** What is not this library's to say of a unit that something else owns, and what it therefore cannot promise. */
const NOT_OURS = {
  ...{ sockets: [], units: [], enabledUnits: [], startOn: "others", release: "", rehearse: false },
  ...{ user: "", group: "", supplementaryGroups: [], directory: "", executable: "", versionCommand: [] },
  ...{ pumaVersion: "", notifies: false, daemon: false, binds: [], readableFiles: [], environmentFiles: [] },
  ...{ secretsVersion: "", secretFiles: [], opened: [], proxyUser: "", proxySockets: [] },
  ...{ before: [], after: [], aroundTimeout: 0, aroundAsRoot: false, drain: undefined },
  ...{ alarm: "", backOff: [], keptOfUnit: [] },
} satisfies Partial<ApplySettings>;

/** What a host is told of a drop-in that belongs to a stack. */
export function dropInSettings(dropIn: DropIn, strategy: DeployStrategy, owner: string): ApplySettings {
  const { restart, takeOver, healthCheck } = strategy;
  return {
    ...NOT_OURS,
    ...{ service: dropIn.name, owner, restart, takeOver, single: dropIn.single },
    startTimeout: dropIn.startTimeout.toSeconds(),
    settle: healthCheck._settings.settle,
    reloadOnly: reloadOnlyDirectives(),
    leftToPuma: LEFT_TO_PUMA,
    ...healthSettings(healthCheck, []),
  };
}
