import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Fn, TerraformVariable, Token, type TerraformStack } from "cdktf";
import { Bind, PumaCommand, PumaService } from "../../lib";
import { type FleetHost } from "../../lab/fleet/fleet";
import { checkLiterals } from "../../lib/puma/rules/literals";
import { type Written } from "../../lib/puma/rules/rule";
import { PropPath } from "../../lib/values/prop-path";
import { errorOf } from "../stack";
import { hardStrings, SEED } from "../systemd/random-strings";
import { all, APP, declared, eachDayOn, onEach } from "./hosts";
import { setUpHosts } from "./set-up";

const COUNT = 1000;

/** Whether it is none of those that can only be meant for a shell, which are refused: test/puma/rules/literals.test.ts. */
function isLiteral(text: string): boolean {
  const service = { at: PropPath.of("strings"), environment: { TEXT: text }, args: [text] };
  return errorOf(() => checkLiterals({ service, units: [] } as unknown as Written)) === "no error";
}

/** What is known at synth. */
const LITERALS = hardStrings(COUNT, SEED, isLiteral);

/**
 * What only the engine knows. It keeps all its strings in Unicode's normal form C, so that "e\u0301" becomes "\u00e9"
 * before anybody can refer to it: that is the engine's doing, and strings that it would alter have no place here. Nor
 * have those that begin with a mark, which it would compose with what stands before them: they are refused.
 */
const TOKENS = hardStrings(
  COUNT,
  SEED + 1,
  (text) => text.normalize("NFC") === text && !/^\p{M}/u.test(text),
);

/**
 * Keeps what the process was given, byte for byte, and becomes Puma without it: Puma takes no such arguments. What the
 * kernel shows of a process is what it was started with, whatever its shell makes of it.
 */
const WRAPPER = `#!/bin/sh
cat /proc/$$/environ >"/srv/dump/$WHAT.environ"
cat /proc/$$/cmdline >"/srv/dump/$WHAT.cmdline"
exec /srv/app/current/sbin/puma "$1" "$2"
`;

/** It is systemd that takes words apart: the oldest. */
const at = setUpHosts(eachDayOn(["bullseye"]), {
  prepare: async () => {
    await onEach(at.hosts, async (host) => {
      await host.write("/usr/local/bin/dump", WRAPPER, 0o755);
      await host.exec("install -d -o deploy /srv/dump");
    });
    await writeFile(join(at.workspace.folder, "terraform.tfvars.json"), ascii({ texts: TOKENS }));
    await at.workspace.apply((stack) => {
      service(stack, "literal", 9292, LITERALS);
      service(stack, "token", 9293, tokens(stack, COUNT));
    });
  },
});

/** JSON in ASCII: the engines take a quote and a joiner behind it for one character, and so miss the string's end. */
function ascii(value: unknown): string {
  const escape = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(value).replace(/[\u0080-\uffff]/g, escape);
}

function service(stack: TerraformStack, name: string, port: number, texts: readonly string[]): void {
  new PumaService(stack, name, {
    hosts: at.hosts.map((host) => declared(host)),
    ...APP,
    command: PumaCommand.executable("/usr/local/bin/dump"),
    binds: [Bind.tcp(port)],
    environment: { WHAT: name, ...Object.fromEntries(texts.map((text, i) => [`TEXT_${i}`, text])) },
    args: [...texts],
  });
}

function tokens(stack: TerraformStack, count: number): string[] {
  const { listValue } = new TerraformVariable(stack, "texts", { type: "list(string)" });
  return Array.from({ length: count }, (_, i) => Token.asString(Fn.element(listValue, i)));
}

/** The pieces, each ended by a NUL, of a file on the host. */
async function pieces(host: FleetHost, file: string): Promise<Buffer[]> {
  const { stdout } = await host.exec(`base64 /srv/dump/${file}`);
  const bytes = Buffer.from(stdout, "base64").toString("latin1");
  return bytes
    .split("\0")
    .slice(0, -1)
    .map((piece) => Buffer.from(piece, "latin1"));
}

/** Those that did not arrive as they were sent. */
function altered(sent: readonly string[], got: readonly (Buffer | undefined)[]): string[] {
  return sent.flatMap((text, i) =>
    got[i]?.equals(Buffer.from(text))
      ? []
      : [`${i}: ${JSON.stringify(text)} arrived as ${got[i]?.toString("latin1")}`],
  );
}

describe.each([
  ["literal", LITERALS],
  ["token", TOKENS],
])(`%s strings arrive byte for byte (SEED=${SEED})`, (what, texts) => {
  test("of which there are enough", () => {
    expect(texts).toHaveLength(COUNT);
    expect(new Set(texts).size).toBeGreaterThan(COUNT * 0.9);
  });

  test("as values of the environment", async () => {
    const problems = await onEach(at.hosts, async (host) => {
      const variables = new Map(
        (await pieces(host, `${what}.environ`)).map((piece) => {
          const end = piece.indexOf("=");
          return [piece.subarray(0, end).toString(), piece.subarray(end + 1)] as const;
        }),
      );
      return altered(
        texts,
        texts.map((_, i) => variables.get(`TEXT_${i}`)),
      );
    });
    expect(problems).toEqual(all(at.hosts, []));
  });

  test("as arguments of the command", async () => {
    const problems = await onEach(at.hosts, async (host) => {
      const [shell, script, flag, bind, ...args] = await pieces(host, `${what}.cmdline`);
      expect([shell, script, flag].map(String)).toEqual(["/bin/sh", "/usr/local/bin/dump", "-b"]);
      expect(String(bind)).toMatch(/^tcp:/);
      expect(args).toHaveLength(COUNT);
      return altered(texts, args);
    });
    expect(problems).toEqual(all(at.hosts, []));
  });
});

test("a NUL is refused at synth", async () => {
  const withText = (text: string) => at.workspace.synth((stack) => service(stack, "nul", 9294, [text]));
  await expect(withText("a\0b")).rejects.toThrow(
    /PumaService 'nul' '(environment\.TEXT_0|args\[0\]|args)': must .*NUL/,
  );
  await expect(withText("ab")).resolves.toBeUndefined();
});

test.each([
  ["a NUL", "a\0b"],
  ["a mark at its beginning", "\u0338b"],
])("%s in a token is refused at plan", async (_, text) => {
  const file = join(at.workspace.folder, "refused.tfvars.json");
  const plan = async (value: string): Promise<unknown> => {
    await writeFile(file, JSON.stringify({ texts: [value] }));
    return at.workspace.plan((stack) => service(stack, "nul", 9294, tokens(stack, 1)), [`-var-file=${file}`]);
  };
  await expect(plan(text)).rejects.toThrow(
    /PumaService 'nul' 'environment\.TEXT_0':\s+must\s+hold\s+no\s+NUL[^']*nor\s+begin\s+with\s+a\s+combining\s+mark/,
  );
  await expect(plan("ab")).resolves.toBeDefined();
});
