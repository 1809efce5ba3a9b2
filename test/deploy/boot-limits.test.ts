import { bootWarnings } from "../../lib/deploy/boot-limits";
import { type ServiceUnitProps } from "../../lib/puma/service-props";
import { Service } from "../../lib/puma/service";
import { Duration } from "../../lib/values/duration";
import { PropPath } from "../../lib/values/prop-path";

/** What is warned of for a Puma without a configuration file, with two workers and five minutes, and this. */
function warned(props: Partial<ServiceUnitProps>): string[] {
  const all = {
    workingDirectory: "/srv",
    configFile: false as const,
    workers: 2,
    startTimeout: Duration.minutes(5),
    ...props,
  };
  const at = PropPath.of("PumaService", "web");
  return bootWarnings(Service.resolve(at, { name: "web", stack: "blog" }, all, { binds: [] }));
}

test("a 'startTimeout' that is longer than Puma lets its workers boot is warned of", () => {
  expect(warned({})).toEqual([
    "PumaService 'web' 'startTimeout': is 5min, but Puma ends a worker that boots for longer than 1min: name a 'configFile' " +
      `that says worker_boot_timeout, or preload the application ('args': "--preload")`,
  ]);
  expect(warned({ startTimeout: Duration.seconds(61), pumaVersion: "6.6" })).toHaveLength(1);
});

test.each<[what: string, props: Partial<ServiceUnitProps>]>([
  ["which is not longer", { startTimeout: Duration.seconds(60) }],
  ["which nobody has said", { startTimeout: undefined }],
  ["of a Puma without workers", { workers: 0 }],
  ["of a Puma whose workers nobody knows", { workers: undefined, environmentFiles: ["/etc/env"] }],
  ["of a Puma that preloads", { args: ["--preload"] }],
  ["of one that does so by default", { pumaVersion: "7.1" }],
  ["of one whose configuration file may say more", { configFile: undefined }],
])("none %s", (_, props) => {
  expect(warned(props)).toEqual([]);
});
