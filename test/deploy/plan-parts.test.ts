import { type RestartMode } from "../../lib/deploy/restart";
import { planParts, releaseSentence } from "../../lib/deploy/plan-parts";
import { UnitFile } from "../../lib/systemd/unit-file";

const UNITS = new Map([
  ["web.socket", UnitFile.parse("[Socket]\nListenStream=80\n")],
  ["web.service", UnitFile.parse("[Service]\nType=notify\nRestart=always\n")],
]);

const REOPENS = "closes its sockets and opens them again, restarts Puma";

test.each<[RestartMode, service: string, socket: string, release: string]>([
  ["overlap", "restarts Puma (overlap)", REOPENS, "restarts Puma (overlap)"],
  ["hot", "restarts Puma (hot)", REOPENS, "restarts Puma (hot)"],
  ["full", "restarts Puma and its sockets (full)", REOPENS, "restarts Puma and its sockets (full)"],
  ["phased", "restarts Puma (hot, since phased takes up no changed unit)", REOPENS, "restarts Puma (phased)"],
  [
    "none",
    "left for Puma's next restart (none)",
    "left for Puma's next restart (none)",
    "left for Puma's next restart (none)",
  ],
])("what a change does in the mode %s", (mode, service, socket, release) => {
  expect(planParts(UNITS, { ensure: "running", restart: mode })).toEqual([
    { name: "web.socket: no restart", sentence: "web.socket: no restart", lines: [] },
    { name: "web.socket", sentence: `web.socket: ${socket}`, lines: ["ListenStream=80"] },
    {
      name: "web.service: no restart",
      sentence: "web.service: no restart",
      lines: ["[Service]", "Restart=always"],
    },
    { name: "web.service", sentence: `web.service: ${service}`, lines: ["Type=notify"] },
  ]);
  expect(releaseSentence(UNITS, { ensure: "running", restart: mode })).toBe(`release: ${release}`);
});

const FULL = { ensure: "running", restart: "full" } as const;

test("of what is kept stopped, nothing starts", () => {
  const stopped = { ensure: "stopped", restart: "phased" } as const;
  expect(planParts(UNITS, stopped).map(({ sentence }) => sentence)).toEqual([
    "web.socket: no restart",
    "web.socket: starts nothing (stopped)",
    "web.service: no restart",
    "web.service: starts nothing (stopped)",
  ]);
  expect(releaseSentence(UNITS, stopped)).toBe("release: starts nothing (stopped)");
});

test("where Puma binds by itself, no socket is spoken of", () => {
  const units = new Map([["web.service", UnitFile.parse("[Service]\nType=notify\n")]]);
  expect(planParts(units, FULL).map(({ sentence }) => sentence)).toEqual([
    "web.service: no restart",
    "web.service: restarts Puma (full)",
  ]);
  expect(releaseSentence(units, FULL)).toBe("release: restarts Puma (full)");
});
