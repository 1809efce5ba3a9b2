import { Bind, type Directives, type PumaServiceProps } from "../../../lib";
import { refusal, warnings } from "./refused";

const given = (Service: Directives["Service"], changes: Partial<PumaServiceProps> = {}) => ({
  service: { ...changes, directives: { Service } },
});

/** What systemd takes, some of it with a notice: whoever brings a unit of before meets no error. */
test.each<[string, ReturnType<typeof given>]>([
  [
    "a log by the name that it once had",
    given({ StandardOutput: "syslog", StandardError: "syslog+console" }),
  ],
  ["a folder by its former name", given({}, { binds: [Bind.unix("/var/run/blog/puma.sock")] })],
  ["limits by their former names", given({ MemoryLimit: "1G", CPUShares: 512, BlockIOWeight: 100 })],
  ["a log in a file of root's", given({ StandardOutput: "append:/var/log/blog.log" })],
  ["what it says anyhow", given({ KillMode: "control-group", RemainAfterExit: false, Restart: "always" })],
  [
    "a sandbox that leaves it what it needs",
    given({
      ProtectSystem: "strict",
      ProtectHome: true,
      PrivateTmp: true,
      PrivateDevices: true,
      NoNewPrivileges: true,
    }),
  ],
])("%s is no error, and not spoken of", (_, service) => {
  expect(refusal(service)).toBe("no error");
  expect(warnings(service)).toEqual([]);
});
