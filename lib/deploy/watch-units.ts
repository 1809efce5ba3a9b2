import { followHelper, restartUnit } from "../layout";
import { newUnit } from "../puma/new-unit";
import { type Service } from "../puma/service";
import { execWord, pathValue } from "../systemd/quote";
import { type UnitFile } from "../systemd/unit-file";
import { type Units } from "./companions";
import { type DeployProps } from "./deploy-props";
import { type Watch, watchedFolders, watchesOf } from "./watches";

/** The units that restart a service by themselves, by the names of their files; none where nothing is watched. */
export function watchUnits(service: Service, props: DeployProps): Units {
  const watches = watchesOf(service, props);
  if (watches.length === 0) return new Map();
  return new Map([
    [restartUnit(service.name, "service"), restartService(service, watches)],
    [restartUnit(service.name, "path"), restartPath(service, watches)],
  ]);
}

/** It looks what there is to do. Ten events in a few seconds are no reason to give up: the default limit would end the path's unit, too. */
function restartService(service: Service, watches: readonly Watch[]): UnitFile {
  const { at, name, scope, workingDirectory } = service;
  const words = [name, workingDirectory, ...watches.flatMap(wordsOf)];
  const arguments_ = words.map((word) => execWord(at.key("restartOn"), word)).join(" ");
  const unit = newUnit(service, "Restart of Puma where its release or certificate is another");
  unit.section("Unit").add("After", `${name}.service`);
  unit.section("Unit").add("StartLimitIntervalSec", "0");
  unit.section("Service").add("Type", "oneshot");
  unit.section("Service").add("ExecStart", `/bin/sh ${followHelper(name, scope)} ${arguments_}`);
  return unit;
}

/** As it starts, it has that service look once, so that this knows what was there before the first change. */
function restartPath(service: Service, watches: readonly Watch[]): UnitFile {
  const { at, name } = service;
  const unit = newUnit(service, "Watch for another release or certificate of Puma");
  unit.section("Unit").add("Wants", restartUnit(name, "service"));
  const folders = watchedFolders(watches).map((folder) => pathValue(at.key("restartOn"), folder));
  unit.section("Path").add("PathChanged", folders);
  unit.section("Install").add("WantedBy", "paths.target");
  return unit;
}

function wordsOf(watch: Watch): string[] {
  return watch.kind === "link" ? ["link", watch.path] : ["certificate", watch.cert, watch.key];
}
