import { type Directives } from "../../../lib";
import { refusal } from "./refused";

const ofSocket = (directives: Directives, service = {}) => refusal({ socket: { directives }, service });
const ofService = (directives: Directives) => refusal({ socket: {}, service: { directives } });

const CLOSES = "systemd would close the socket at each restart of Puma, and refuse connections meanwhile";

test.each([
  ...["PartOf", "BindsTo", "BindTo", "StopPropagatedFrom"],
  ...["Requires", "RequiresOverridable", "Requisite", "RequisiteOverridable"],
])("%s= ties a socket to its service", (name) => {
  expect(ofSocket({ Unit: { [name]: "web.service" } })).toBe(
    `PumaSocket 'socket' 'directives.Unit.${name}': must not name web.service: ${CLOSES}; leave it away, got "web.service"`,
  );
});

test.each([
  ["among others", "db.service web.service"],
  ["in a list", ["db.service", "web.service"]],
  ["by its prefix", "%p.service"],
  ["by its name", "%N.service"],
  ["behind a reset", ["", "web.service"]],
])("however it is written: %s", (_, value) => {
  expect(ofSocket({ Unit: { PartOf: value } })).toContain("must not name web.service");
});

test("by another name that the service has", () => {
  const service = { directives: { Install: { Alias: "puma.service" } } };
  expect(ofSocket({ Unit: { PartOf: "puma.service" } }, service)).toContain("must not name web.service");
});

test.each<[string, Directives]>([
  ["another unit", { Unit: { PartOf: "app.target db.service", Conflicts: "old.service", After: "a.mount" } }],
  ["what is taken back", { Unit: { PartOf: ["web.service", ""] } }],
  ["a unit of a longer name", { Unit: { BindsTo: "my-web.service" } }],
  ["what starts the service with its socket", { Unit: { Wants: "web.service", Before: "web.service" } }],
  ["what the service does as it is", { Unit: { StopWhenUnneeded: false } }],
])("a socket may name %s", (_, directives) => {
  expect(ofSocket(directives)).toBe("no error");
});

test.each<[string, Directives, string]>([
  ["stops it", { Unit: { PropagatesStopTo: "web.socket" } }, CLOSES],
  ["is required by it", { Install: { RequiredBy: "web.socket" } }, CLOSES],
  ["excludes it", { Unit: { Conflicts: "web.socket" } }, "systemd would close the socket as Puma starts"],
  ["comes before it", { Unit: { Before: "%N.socket" } }, "a socket starts before its service, so systemd"],
  ["holds it up", { Unit: { Upholds: "web.socket" } }, "systemd would open a socket again that was stopped"],
])("a service ties its socket to itself where it %s", (_, directives, consequence) => {
  expect(ofService(directives)).toContain(`must not name web.socket: ${consequence}`);
});

test.each<[string, Directives]>([
  ["excludes its service", { Unit: { Conflicts: "web.service" } }],
  ["comes after its service", { Unit: { After: "web.service" } }],
  ["is held up by its service", { Install: { UpheldBy: "web.service" } }],
])("a socket that %s is refused", (_, directives) => {
  expect(ofSocket(directives)).toContain("must not name web.service: ");
});

test("a socket that nobody needs stays open", () => {
  expect(ofSocket({ Unit: { StopWhenUnneeded: true } })).toBe(
    `PumaSocket 'socket' 'directives.Unit.StopWhenUnneeded': must be left away: ${CLOSES}, got true`,
  );
});

test("a service may end with its socket, and without one names what it likes", () => {
  expect(ofService({ Unit: { BindsTo: "web.socket", PartOf: "web.socket", After: "web.socket" } })).toBe(
    "no error",
  );
  expect(refusal({ service: { directives: { Unit: { Conflicts: "web.socket" } } } })).toBe("no error");
});
