import { Bind, Duration, HealthCheck, type PumaServiceProps, Restart, Task } from "../../lib";
import { DeployStrategy } from "../../lib/deploy/deploy-strategy";
import { runTimeout } from "../../lib/deploy/run-timeout";
import { Service } from "../../lib/puma/service";
import { PropPath } from "../../lib/values/prop-path";
import { heldBy } from "../stack";

const secondsOf = (props: Partial<PumaServiceProps>): number => {
  const all = { workingDirectory: "/srv", startTimeout: Duration.seconds(100), ...props };
  const at = PropPath.of("PumaService", "web");
  const service = Service.resolve(at, { name: "web", stack: "blog" }, all, heldBy("web", [Bind.tcp(1)]));
  return runTimeout(service, DeployStrategy.resolve(service, all)).toSeconds();
};

const stopping = (value: string | number): Partial<PumaServiceProps> => ({
  directives: { Service: { TimeoutStopSec: value } },
});

const settled = (healthCheck: HealthCheck): Partial<PumaServiceProps> => ({ healthCheck });

const around = (where: "host" | "engine"): Partial<PumaServiceProps> => ({
  tasks: [Task.eachHost({ after: ["lb"], drain: Duration.seconds(5), where })],
});

test("a run may take as long as its parts together", () => {
  const none = settled(HealthCheck.none({ settle: false }));
  // A start counts four times, a stop twice, of which each has ten seconds more; three of each are possible.
  const tries = 11 * (5 + 1 + 2);
  expect(secondsOf(none)).toBe(600 + tries + 3 * (410 + 190));
});

test.each<[string, Partial<PumaServiceProps>, Partial<PumaServiceProps>, number]>([
  ["a longer start", {}, { startTimeout: Duration.seconds(101) }, 12],
  ["a longer stop", stopping(90), stopping("91s"), 6],
  ["a stop in larger units", stopping(90), stopping("2min 1s"), 6 * 31],
  ["a stop without an end", stopping(3600), stopping("infinity"), 0],
  ["a longer settle", {}, settled(HealthCheck.answers({ settle: Duration.seconds(65) })), 60],
  ["more retries", settled(HealthCheck.http("/")), settled(HealthCheck.http("/", { retries: 11 })), 8],
  ["a rehearsal", {}, { restart: Restart.hot({ rehearse: true }) }, 410 + 190 + 11 * 8 + 5],
  ["a stand-in and a rehearsal", {}, { restart: Restart.overlap() }, 2 * (410 + 190 + 11 * 8 + 5)],
  ["what runs around a change", {}, around("host"), 2 * (60 + 11) + 5],
  ["the same where the engine runs", {}, around("engine"), 2 * (60 + 35) + 5],
  ["phases", { workers: 4 }, { workers: 4, restart: Restart.phased() }, 400],
])("%s makes it longer", (_, before, after, seconds) => {
  expect(secondsOf(after) - secondsOf(before)).toBe(seconds);
});
