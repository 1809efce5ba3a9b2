import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Bind, type PumaServiceProps, PumaSocket, Restart, RestartOn } from "../../lib";
import { watchUnits } from "../../lib/deploy/watch-units";
import { Service } from "../../lib/puma/service";
import { PropPath } from "../../lib/values/prop-path";
import { errorOf, newService, newStack, synth } from "../stack";

const FOLDER = join(__dirname, "golden-watches");

const LIVE = "/etc/letsencrypt/live/example.com";
const RENEWED = { cert: `${LIVE}/fullchain.pem`, key: `${LIVE}/privkey.pem` };
const SSL = Bind.ssl(9293, { key: "/etc/blog/key.pem", cert: "/etc/blog/cert.pem" });

const made = (changes: Partial<PumaServiceProps>) => newService(newStack(), changes);

const WATCHES: Record<string, Partial<PumaServiceProps>> = {
  link: { restartOn: [RestartOn.releaseLink()] },
  everything: {
    workingDirectory: "/srv/our blog/current/api $1",
    binds: [SSL, Bind.tcp(9292)],
    restartOn: [
      RestartOn.releaseLink("/srv/our blog/current"),
      RestartOn.certificate(),
      RestartOn.certificate(RENEWED),
      RestartOn.certificate(RENEWED),
    ],
  },
};

function unitsOf(changes: Partial<PumaServiceProps>): [file: string, text: string][] {
  const props = { user: "deploy", workingDirectory: "/srv/blog/current", ...changes };
  const at = PropPath.of("PumaService", "web");
  const { binds = [Bind.tcp(9292)] } = props;
  const service = Service.resolve(at, { name: "web", stack: "blog" }, props, { binds });
  return [...watchUnits(service, props)].map(([file, unit]) => [file, unit.toString()]);
}

const GOLDEN = Object.entries(WATCHES).flatMap(([name, props]) =>
  unitsOf(props).map(([file, text]): [string, string] => [file.replace(/^.*\./, `${name}.`), text]),
);

test.each(GOLDEN)("%s", (file, text) => {
  expect(text).toBe(readFileSync(join(FOLDER, file), "utf8"));
});

test("no golden file is left over", () => {
  expect(readdirSync(FOLDER).sort()).toEqual(GOLDEN.map(([file]) => file).sort());
});

test("a service that watches nothing has neither units nor a helper for it", () => {
  expect(unitsOf({})).toEqual([]);
  expect(unitsOf({ restartOn: [] })).toEqual([]);
  const stack = newStack();
  newService(stack);
  expect(JSON.stringify(synth(stack))).not.toContain("follow.sh");
});

test("Restart.none() leaves Puma to what it watches", () => {
  expect(unitsOf({ ...WATCHES.link, restart: Restart.none() })).toEqual(unitsOf(WATCHES.link ?? {}));
});

test("root reads certificates where only root writes, which the host is told", () => {
  const stack = newStack();
  newService(stack, { restartOn: [RestartOn.certificate(RENEWED)] });
  expect(JSON.stringify(synth(stack))).toMatch(
    /read restartOn \/etc\/letsencrypt\/live\/example.com\/fullchain.pem\\+nread restartOn \/etc\/letsencrypt\/live\/example.com\/privkey.pem/,
  );
});

const WEB = "PumaService 'web' 'restartOn";

test.each<[what: string, action: () => unknown, error: string]>([
  [
    "a link that is relative",
    () => RestartOn.releaseLink("current"),
    `RestartOn.releaseLink 'path': must be an absolute path, got "current"`,
  ],
  [
    "a certificate without a key",
    () => RestartOn.certificate({ cert: "/c" } as never),
    "RestartOn.certificate 'key': must be a string, got undefined",
  ],
  [
    "a relative certificate",
    () => RestartOn.certificate({ cert: "c", key: "/k" }),
    `RestartOn.certificate 'cert': must be an absolute path, got "c"`,
  ],
  [
    "an option that nobody reads",
    () => RestartOn.certificate({ ...RENEWED, chain: "/c" } as never),
    "RestartOn.certificate 'chain': must be left away, as nobody reads it; known are cert, key",
  ],
  ["no list", () => made({ restartOn: RestartOn.releaseLink() as never }), `${WEB}': must be a list, got `],
  [
    "no occasion",
    () => made({ restartOn: ["link" as never] }),
    `${WEB}[0]': must be of the class RestartOn, got "link"`,
  ],
  [
    "a link beside the folder that Puma starts in",
    () => made({ restartOn: [RestartOn.releaseLink("/srv/blog/curr")] }),
    `${WEB}[0]': must be 'workingDirectory', or a folder above it, got "/srv/blog/curr"`,
  ],
  [
    "a link in the root folder",
    () => made({ workingDirectory: "/blog", restartOn: [RestartOn.releaseLink()] }),
    `${WEB}[0]': must stand in a folder of its own, which is watched, got "/blog"`,
  ],
  [
    "a certificate where Puma has none",
    () => made({ restartOn: [RestartOn.releaseLink(), RestartOn.certificate()] }),
    `${WEB}[1]': must name its 'cert' and 'key', as no bind of PumaService 'web' is a Bind.ssl()`,
  ],
  [
    "a certificate that Puma does not read anew",
    () => made({ workers: 2, restart: Restart.phased(), restartOn: [RestartOn.certificate(RENEWED)] }),
    `${WEB}[0]': must not be a certificate where 'restart' is Restart.phased(): the Puma that stays keeps the one that it has read`,
  ],
  [
    "a certificate that the application can alter",
    () => made({ restartOn: [RestartOn.certificate({ ...RENEWED, cert: "/srv/blog/current/a.pem" })] }),
    `${WEB}[0]': must not be below 'workingDirectory', where deploy could put a link that root follows: use a folder of root's, such as /etc, got "/srv/blog/current/a.pem"`,
  ],
  [
    "one below a directory that ends in a slash",
    () =>
      made({
        workingDirectory: "/srv/blog/current/",
        restartOn: [RestartOn.certificate({ ...RENEWED, cert: "/srv/blog/current/a.pem" })],
      }),
    `${WEB}[0]': must not be below 'workingDirectory'`,
  ],
])("%s is refused", (_, action, error) => {
  expect(errorOf(action)).toMatch(new RegExp(`^${error.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}`));
});

test("a certificate of a socket is one of the service's", () => {
  const stack = newStack();
  const socket = new PumaSocket(stack, "socket", { binds: [SSL] });
  newService(stack, { socket, restartOn: [RestartOn.certificate()] });
  expect(JSON.stringify(synth(stack))).toContain("read restartOn /etc/blog/cert.pem");
});
