import { Bind, Duration } from "../../../lib";
import { refusal, warnings } from "./refused";

const AT = "PumaService 'web' ";
const DAEMON = { daemon: true, pumaVersion: "4.3" };
const WRITES = { args: ["--redirect-stderr", "log/puma.err"] };
const IN_TIME = { startTimeout: Duration.seconds(20) };
const UNSEEN = `${AT}'daemon': a boot that fails is seen by nobody: systemd may wait until 'startTimeout'`;

test("a boot that fails unseen is warned of, with what is still to be said", () => {
  const [all, timed, written] = [{}, IN_TIME, WRITES].map((one) =>
    warnings({ service: { ...DAEMON, ...one } }),
  );
  expect(all).toEqual([
    `${UNSEEN} (90s) is over, and the journal does not have what Puma says; say in 'startTimeout' how long a boot takes at ` +
      `most, and let Puma write a file ('args': "--redirect-stderr", "log/puma.err")`,
  ]);
  expect(timed).toEqual([expect.stringMatching(/ \(20s\) is over, .* says; let Puma write a file/)]);
  expect(written).toEqual([expect.stringMatching(/; say in 'startTimeout' how long a boot takes at most$/)]);
  expect(warnings({ service: { ...DAEMON, ...IN_TIME, ...WRITES } })).toEqual([]);
  expect(warnings({ service: { pumaVersion: "4.3" } })).toEqual([]);
});

test("systemd's own socket does not stand where a daemon's end removes it", () => {
  const held = (path: string, service = DAEMON) => refusal({ service, socket: { binds: [Bind.unix(path)] } });
  expect(held("/run/web/puma.sock")).toBe(
    `${AT}'socket': must not be in /run/web, which systemd removes as a 'daemon' ends: use /run/web.sock, got "/run/web/puma.sock"`,
  );
  expect(held("/run/web.sock")).toBe("no error");
  expect(held("/run/web2/puma.sock")).toBe("no error");
  expect(held("/run/web/puma.sock", { ...DAEMON, daemon: false })).toBe("no error");
  expect(refusal({ service: { ...DAEMON, binds: [Bind.unix("/run/web/puma.sock")] } })).toBe("no error");
});

test("what root reads does not stand there either", () => {
  expect(refusal({ service: { ...DAEMON, environmentFiles: ["/run/web/env"] } })).toContain(
    "must not be below the folder of a 'daemon', where deploy could put a link that root follows",
  );
});
