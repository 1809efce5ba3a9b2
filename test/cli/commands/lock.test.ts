/** A lock by the command line, as docs/lock.md shows it. */
import { readFileSync } from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { blocksOf, standIn } from "../rooted-hosts";

const STATE = "var/lib/cdktf-puma/web";
const fleet = standIn();
const lock = (...words: string[]) => fleet.call("lock", "--by", "anna", ...words);

beforeEach(() => {
  fleet.command("systemctl", "echo inactive");
  for (const host of ["web1", "web2"]) {
    fleet.write(host, `${STATE}/record`, "owner=blog\n");
    fleet.write(host, `${STATE}/run.sh`, "heed_lock\n");
  }
});

afterEach(() => fleet.call("unlock"));

const page = readFileSync(join(__dirname, "../../../docs/lock.md"), "utf8");
const [locked = "", refused = "", , unlocked = ""] = blocksOf(page, "text");

test("the page has what the commands say", async () => {
  const why = "the database moves until noon";
  expect(blocksOf(page, "sh")).toEqual([
    `npx cdktf-puma lock -m "${why}"\n`,
    "npx cdktf-puma unlock --hosts web2\n",
  ]);
  expect(await lock("-m", why)).toEqual({ code: 0, out: locked, err: "" });
  expect(await fleet.call("lock", "--by", "ben", "-m", "mine")).toEqual({ code: 1, out: "", err: refused });
  expect(await fleet.call("unlock", "--hosts", "web2")).toEqual({ code: 0, out: unlocked, err: "" });
});

test("where one host refuses, the others are locked, and it fails", async () => {
  await fleet.call("lock", "--by", "ben", "-m", "mine", "--hosts", "web2");
  expect(await lock("-m", "why")).toEqual({
    code: 1,
    out: expect.stringMatching(
      /^web on web1: locked by anna, as ops from 10\.0\.0\.5 since .*: why\n$/,
    ) as string,
    err: "web on web2: it is locked already, by ben, as ops from 10.0.0.5 since 2026-11-27 09:12:33: mine\n",
  });
});

test("so does one that is not reached", async () => {
  fleet.command(
    "ssh",
    'case "$*" in *10.0.1.12*) echo "no route" >&2; exit 255 ;; esac; echo cdktf-puma-connected >&2',
  );
  expect((await lock("-m", "why")).err).toBe("web on web2: no route\n");
});

test("what is hostile arrives as it is, in one line", async () => {
  const hostile = `it's $(id) \`id\` "\\n" % é`;
  await lock("-m", `${hostile}\nby=nobody`, "--hosts", "web1");
  const text = readFileSync(join(fleet.root("web1"), STATE, "locked"), "utf8");
  expect(text.split("\n")[2]).toBe(`why=${hostile} by=nobody`);
});

test.each([
  ["no reason", ["lock"], "required option '-m, --message <why>' not specified"],
  ["an empty one", ["lock", "-m", " \t"], "It has to say something."],
  ["nobody", ["lock", "-m", "a", "--by", ""], "It has to say something."],
])("%s is none", async (_, words, error) => {
  const { code, err } = await fleet.call(...words);
  expect([code, err]).toEqual([2, expect.stringContaining(error)]);
});

test("who has no name, as in many a container, is known by his number", async () => {
  const nobody = jest.spyOn(os, "userInfo").mockImplementation(() => {
    throw new Error("uv_os_get_passwd returned ENOENT");
  });
  const { code, out } = await fleet.call("lock", "-m", "why", "--hosts", "web1");
  nobody.mockRestore();
  expect([code, out]).toEqual([0, expect.stringMatching(/^web on web1: locked by uid \d+, as ops /)]);
});

test("programs are told what came of each", async () => {
  await fleet.call("lock", "--by", "ben", "-m", "mine", "--hosts", "web2");
  const { code, out, err } = await lock("-m", "why", "--json");
  const one = { stack: "blog", service: "web" };
  expect([code, err, JSON.parse(out)]).toEqual([
    ...[1, ""],
    [
      { ...one, host: "web1", outcome: "done", lines: [expect.stringMatching(/^locked by anna/)] },
      {
        ...one,
        host: "web2",
        outcome: "failed",
        lines: [expect.stringMatching(/^it is locked already, by ben/)],
      },
    ],
  ]);
});
