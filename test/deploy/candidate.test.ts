import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Bind } from "../../lib";
import { candidateUnit } from "../../lib/deploy/candidate";
import { CANDIDATE_ROLES, type CandidateRole } from "../../lib/layout";
import { Service } from "../../lib/puma/service";
import { PropPath } from "../../lib/values/prop-path";
import { type Form, FORMS } from "../puma/forms";
import { heldBy } from "../stack";

const FOLDER = join(__dirname, "golden");

const CANDIDATES: Record<string, Form> = {
  bundler: FORMS["socket-bundle-exec"],
  "config-file": FORMS["config-file"],
  everything: FORMS.everything,
  notify: FORMS.notify,
  shell: FORMS.shell,
  socket: FORMS.socket,
  "several-sockets": FORMS["several-sockets"],
  "socket-of-another-name": FORMS["socket-unix"],
  forking: FORMS.forking,
  secrets: FORMS.secrets,
  "user-scope": FORMS["user-scope"],
  groups: {
    service: {
      directives: { Service: { SupplementaryGroups: ["redis", "mail"] }, Unit: { Requires: ["db.service"] } },
    },
    socket: { binds: [Bind.tcp(9292)] },
  },
  ties: {
    service: {
      directives: {
        Unit: {
          After: ["db.service"],
          Requires: ["web.socket db.service", "web.socket"],
          Documentation: "https://example.org/blog",
          ConditionPathExists: "!/srv/blog/maintenance",
          Wants: "metrics.service",
          BindsTo: "tunnel.service",
          PartOf: "blog.target",
          Conflicts: "old-blog.service",
          OnFailure: "pager.service",
          FailureAction: "reboot",
          StopWhenUnneeded: true,
        },
        Service: { FailureAction: "reboot", RestartForceExitStatus: 1 },
        Install: { Alias: "blog.service" },
      },
    },
    socket: { binds: [Bind.tcp(9292)] },
  },
  // What a token looks like before the engine knows its value.
  token: {
    service: {
      args: ["--tag", "${TfToken[TOKEN.1]}", "--", "$HOME"],
      environment: { A: "${TfToken[TOKEN.1]}" },
    },
    socket: { binds: [Bind.tcp(9292)] },
  },
};

function serviceOf({ service, socket, sockets = socket && [socket] }: Form): Service {
  const props = { user: "deploy", workingDirectory: "/srv/blog/current", ...service };
  const held = (sockets ?? []).map(({ name = "web", binds }) => heldBy(name, binds));
  const given = {
    binds: sockets ? held.flatMap(({ binds }) => binds) : (props.binds ?? []),
    sockets: held.flatMap((one) => one.sockets ?? []),
  };
  return Service.resolve(PropPath.of("PumaService", "web"), { name: "web", stack: "blog" }, props, given);
}

/** A stand-in shares a socket with the service. */
const rolesOf = ({ socket, sockets }: Form): readonly CandidateRole[] =>
  socket || sockets ? CANDIDATE_ROLES : ["rehearsal"];

const GOLDEN = Object.entries(CANDIDATES).flatMap(([name, form]) =>
  rolesOf(form).map((role): [string, Service, CandidateRole] => [
    `${name}-${role}.service`,
    serviceOf(form),
    role,
  ]),
);

test.each(GOLDEN)("%s", (file, service, role) => {
  const text = candidateUnit(service, role)
    .map((line) => `${line}\n`)
    .join("");
  expect(text).toBe(readFileSync(join(FOLDER, file), "utf8"));
});

test("no golden file is left over", () => {
  expect(readdirSync(FOLDER).sort()).toEqual(GOLDEN.map(([file]) => file).sort());
});

test.each(GOLDEN)("%s shares nothing with the service but its sockets", (_, service, role) => {
  const lines = candidateUnit(service, role);
  const commands = lines.filter((line) => line.startsWith("ExecStart=/")).slice(1);
  const own = `${service.scope === "user" ? "%t" : "/run"}/cdktf-puma-web-${role}`;
  expect(commands).toEqual([expect.stringContaining(` -b unix://${own}/puma.sock`)]);
  expect(commands[0]).toContain(` --pidfile ${own}/pid -S ${own}/state $CDKTF_PUMA_CONTROL`);
  for (const bind of service.binds) expect(commands[0].includes(bind.listenStream)).toBe(role === "standin");
  expect(lines).not.toContain("[Install]");
});

test.each(["hardening-baseline", "hardening-strict", "hardening-isolated"])(
  "a candidate of %s has each line of the service's sandbox",
  (form) => {
    const service = serviceOf(FORMS[form]);
    for (const role of rolesOf(FORMS[form])) {
      const lines = candidateUnit(service, role);
      for (const [name, value] of Object.entries(service.hardening._lines))
        expect(lines).toEqual(expect.arrayContaining([value].flat().map((one) => `${name}=${String(one)}`)));
    }
  },
);
