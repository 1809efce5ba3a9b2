import { companionName, runHelper } from "../layout";
import { newUnit } from "../puma/new-unit";
import { type Service } from "../puma/service";
import { type UnitFile } from "../systemd/unit-file";
import { byteLength } from "../values/characters";
import { checkList, checkString } from "../values/check";
import { LONGEST_SOCKET_PATH } from "../values/path";
import { type PropPath } from "../values/prop-path";
import { type Units } from "./companions";
import { type DeployProps } from "./deploy-props";

/** The Base Definitions of POSIX, 3.437, and what groupadd(8) takes. */
const GROUP = /^[A-Za-z_][A-Za-z0-9_.-]{0,31}$/;

/**
 * The units by which groups ask for a restart: for each a socket, which systemd gives to one group, and what answers there.
 * @throws if a group is none
 */
export function operatorsUnits(service: Service, { operators }: DeployProps): Units {
  if (operators === undefined) return new Map();
  const at = service.at.key("operators");
  if (service.scope === "user")
    at.fail(
      `must be left away where 'scope' is "user": who has that service restarts it by himself, and nobody else may`,
    );
  checkGroups(at, operators);
  return new Map(operators.flatMap((group, i) => unitsOf(at.index(i), service, group)));
}

function checkGroups(at: PropPath, groups: readonly string[]): void {
  if (checkList(at, groups).length === 0) at.refuse("name at least one group", groups);
  groups.forEach((group, i) => {
    if (!GROUP.test(checkString(at.index(i), group)))
      at.index(i).refuse(
        "be the name of a group: up to 32 letters, digits and '_.-', and first a letter or '_'",
        group,
      );
    if (groups.indexOf(group) < i) at.index(i).refuse("not be named twice", group);
  });
}

function unitsOf(at: PropPath, service: Service, group: string): [string, UnitFile][] {
  const name = companionName(service.name, `operators-${group}`);
  const path = `/run/${name}.sock`;
  if (byteLength(path) > LONGEST_SOCKET_PATH)
    at.refuse(
      `be shorter, or the service's 'name': ${path} has more than ${LONGEST_SOCKET_PATH} bytes`,
      group,
    );
  return [
    [`${name}.socket`, socketOf(service, group, path)],
    [`${name}@.service`, answerOf(service, group)],
  ];
}

function socketOf(service: Service, group: string, path: string): UnitFile {
  const unit = newUnit(service, `Where operators of the group ${group} ask`);
  const socket = unit.section("Socket");
  socket.add("ListenStream", path);
  socket.add("SocketMode", "0660");
  socket.add("SocketGroup", group);
  // For each who asks an instance, whose name tells who that is.
  socket.add("Accept", "yes");
  socket.add("MaxConnections", "16");
  // Of one user, where systemd tells the users of a unix socket apart.
  socket.add("MaxConnectionsPerSource", "4");
  socket.add("RemoveOnStop", "true");
  unit.section("Install").add("WantedBy", "sockets.target");
  return unit;
}

function answerOf(service: Service, group: string): UnitFile {
  const unit = newUnit(service, `An operator of the group ${group} asks`);
  unit.section("Unit").add("CollectMode", "inactive-or-failed");
  const answer = unit.section("Service");
  answer.add("ExecStart", `-/bin/sh ${runHelper(service.name)} answer ${service.name} %i`);
  answer.add("StandardInput", "socket");
  answer.add("StandardOutput", "socket");
  answer.add("StandardError", "journal");
  answer.add("TimeoutStopSec", "5");
  return unit;
}
