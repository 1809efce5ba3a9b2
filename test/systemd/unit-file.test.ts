import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAssignments } from "../../lib/systemd/parse";
import { UnitFile } from "../../lib/systemd/unit-file";
import { reading, roundTrips } from "./round-trip";

const golden = (name: string) => readFileSync(join(__dirname, "golden", name), "utf8");

const valuesOf = (text: string, section: string, name: string) =>
  UnitFile.parse(text).section(section).get(name);

describe("a unit file that is built", () => {
  test("has its sections, directives and comments in order, sections set apart by an empty line", () => {
    const file = new UnitFile();
    file.comment("Written by a test");
    file.section("Unit").add("Description", "Puma");
    file.section("Service").add("Environment", ["A=1", "B=2"]);
    file.section("Service").comment("Restarts whatever the reason");
    file.section("Service").add("Restart", "always");
    file.section("Unit").add("After", "network.target");

    expect(file.toString()).toBe(`# Written by a test

[Unit]
Description=Puma
After=network.target

[Service]
Environment=A=1
Environment=B=2
# Restarts whatever the reason
Restart=always
`);
    expect(roundTrips(file.toString())).toBeUndefined();
  });

  test("is the same model once rendered and parsed", () => {
    const file = new UnitFile();
    file.section("Service").add("ExecStart", ["", "/bin/true"]);
    file.section("Service").comment("");
    file.section("Install").add("WantedBy", "multi-user.target");

    const again = UnitFile.parse(file.toString());

    expect(again._sections).toEqual(file._sections);
    expect(again._header).toEqual(file._header);
  });

  test("is empty at first, and renders to nothing", () => {
    expect(new UnitFile().toString()).toBe("");
    expect(UnitFile.parse("")._sections).toEqual([]);
  });

  test("replaces where the first of a name stands, and removes every one", () => {
    const file = UnitFile.parse("[Service]\nA=1\nB=2\nA=3\n[Unit]\n[Service]\nA=4\n");

    file.section("Service").set("A", ["5", "6"]);
    expect(file.lines).toEqual(["[Service]", "A=5", "A=6", "B=2", "[Unit]", "[Service]"]);

    file.section("Service").set("C", "7");
    file.section("Service").remove("A");
    expect(file.lines).toEqual(["[Service]", "B=2", "[Unit]", "[Service]", "C=7"]);
  });

  test("gives copies away", () => {
    const file = UnitFile.parse("[Service]\nA=1\n");

    (file._sections[0].entries as unknown[]).length = 0;
    (file.lines as string[]).length = 0;
    file.section("Service").get("A").length = 0;

    expect(file.toString()).toBe("[Service]\nA=1\n");
  });

  test("passes Terraform's tokens through", () => {
    const file = new UnitFile();
    file.section("Service").add("Environment", '"A=${TfToken[TOKEN.12]} b"');

    expect(file.lines[1]).toBe('Environment="A=${TfToken[TOKEN.12]} b"');
  });
});

describe("no text adds a line", () => {
  const service = () => new UnitFile().section("Service");

  test.each([
    ["a line feed", "a\nExecStart=/bin/false", "must not contain a line break"],
    ["a carriage return", "a\rExecStart=/bin/false", "must not contain a line break"],
    ["NUL, which systemd takes for a line break too", "a\0b", "must not contain NUL"],
    ["a continuation", "a\\", "must not end with a backslash"],
    ["an escaped backslash and a continuation", "a\\\\\\", "must not end with a backslash"],
    ["white space that systemd would strip", "a ", "must not begin or end with white space"],
    ["a lone surrogate", "a\uD800b", "must not contain a lone surrogate"],
    ["a noncharacter", "a\uFDD0b", "must not contain a Unicode noncharacter"],
    ["an astral noncharacter", "a\u{1FFFF}b", "must not contain a Unicode noncharacter"],
  ])("a value with %s", (_, value, demand) => {
    expect(() => service().add("Environment", value)).toThrow(`[Service] 'Environment': ${demand}, got "a`);
    expect(() => service().set("Environment", ["ok", value])).toThrow(demand);
  });

  test("a value of as many bytes as systemd reads in a line, and of one more", () => {
    const longest = "ä".repeat((1_048_575 - 3) / 2);

    expect(() => service().add("A", `${longest}`)).not.toThrow();
    expect(() => service().add("AB", `${longest}`)).not.toThrow();
    expect(() => service().add("ABC", `${longest}`)).toThrow("must not be longer than 1048575 bytes");
  });

  test.each(["", " A", "A B", "A=B", "A\nB", "[A]", "#A", ";A", "A\\", "Ä", "-A"])(
    "a directive named %j",
    (name) => {
      expect(() => service().add(name, "1")).toThrow("must have a name of letters");
    },
  );

  test.each(["", " Unit", "Unit ", "[Unit]", "Unit]", "Un=it", "Unit\\"])("a section named %j", (name) => {
    expect(() => new UnitFile().section(name)).toThrow("section name: must be a section's name");
  });

  test.each(["a\nb", "a\rb", "a\0b", "a\n"])("a comment %j", (text) => {
    expect(() => service().comment(text)).toThrow(
      "[Service] 'comment': must not contain NUL or a line break",
    );
    expect(() => new UnitFile().comment(text)).toThrow("comment: must not contain NUL or a line break");
  });

  test("a section name with a line break", () => {
    expect(() => new UnitFile().section("Unit]\n[Service")).toThrow("must not contain a line break");
  });
});

describe("parsing does what systemd does", () => {
  // Each was read by systemd 247, 252, 257 and 262, alike.
  test.each<[string, string, string[]]>([
    ["joins a continuation with a space", "[U]\nD=a \\\nb\n", ["a  b"]],
    ["keeps white space that begins a continuation", "[U]\nD=a \\\n\t b\n", ["a  \t b"]],
    ["skips comments among continuations", "[U]\nD=a \\\n# no\n  ; nor this \\\n b\n", ["a   b"]],
    ["ends a continuation at an empty line", "[U]\nD=a\\\n\nE=b\n", ["a"]],
    ["ends a continuation at the end of the file", "[U]\nD=a \\", ["a"]],
    ["takes a header in a continuation for text", "[U]\nD=a\\\n[X]\n", ["a [X]"]],
    ["takes an escaped backslash for no continuation", "[U]\nD=a\\\\\nE=b\n", ["a\\\\"]],
    ["takes the third backslash for one", "[U]\nD=a\\\\\\\nb\n", ["a\\\\ b"]],
    ["does not continue comments", "[U]\n# c \\\nD=a\n", ["a"]],
    ["takes CRLF for one line break", "[U]\r\nD=a \\\r\nb\r\nE=c\r\n", ["a  b"]],
    ["takes LFCR for one line break", "[U]\n\rD=a\n\r", ["a"]],
    ["takes a lone CR for a line break", "[U]\nD=a\rE=b\n", ["a"]],
    ["drops a byte order mark", "\uFEFF[U]\nD=a\n", ["a"]],
    ["drops a byte order mark after comments", "# c\n\n\uFEFF[U]\nD=a\n", ["a"]],
    ["knows a comment after a byte order mark", "\uFEFF# c\n[U]\nD=a\n", ["a"]],
    ["strips lines, headers, names and values", "  [U] \t\n \tD \t=  a b \t\n", ["a b"]],
    ["keeps white space of other kinds", "[U]\nD=\u00A0a\u00A0\n", ["\u00A0a\u00A0"]],
    ["keeps Unicode's own line breaks", "[U]\nD=a\u2028b\u0085c\n", ["a\u2028b\u0085c"]],
    ["keeps control characters", "[U]\nD=a\x01\x1bb\x7f\n", ["a\x01\x1bb\x7f"]],
    ["reads sections with one name as one", "[U]\nD=a\n[S]\nD=b\n[U]\nD=c\n", ["a", "c"]],
    ["keeps resets", "[U]\nD=a\nD=\nD=b\n", ["a", "", "b"]],
    ["takes # and ; within a value for text", "[U]\nD=a # b ; c\n", ["a # b ; c"]],
    ["splits at the first equals sign", "[U]\nD=a=b\n", ["a=b"]],
    ["needs no line break at the end", "[U]\nD=a", ["a"]],
    ["accepts a noncharacter in a comment", "[U]\n# \uFDD0\nD=a\n", ["a"]],
  ])("it %s", (_, text, values) => {
    expect(valuesOf(text, "U", "D")).toEqual(values);
    expect(roundTrips(text)).toBeUndefined();
  });

  test("it keeps comments as they are, those among continuations before their directive", () => {
    expect(UnitFile.parse("#a\n[U]\n  ; b\nD=1 \\\n#c\n2\n\n").lines).toEqual([
      "#a",
      "[U]",
      "; b",
      "#c",
      "D=1  2",
      "",
    ]);
  });
});

test("a directive is told with the line that it begins in", () => {
  const text =
    "# a\r\n[Unit]\r\nAfter = a \\\r\n# c\r\n  b\r\n\r\n[Service]\r\n[Service]\r\nExecStart  =/bin/true";
  expect(parseAssignments(text)).toEqual([
    { line: 3, section: "Unit", name: "After", value: "a    b" },
    { line: 9, section: "Service", name: "ExecStart", value: "/bin/true" },
  ]);
  expect(() => parseAssignments("[Unit]\nAfter")).toThrow("line 2: must be a [Section]");
});

describe("what systemd would skip with a warning, or refuse, is an error", () => {
  test.each([
    ["Unit]\nD=a\n", 'line 1: must be a [Section], a Name=value or a # comment, got "Unit]"'],
    ["\nD=a\n[U]\n", 'line 2: must come after a section header, got "D=a"'],
    ["[U]\nfoo\n", 'line 2: must be a [Section], a Name=value or a # comment, got "foo"'],
    ["[U]\nD=1 \\\n2\nfoo\n", 'line 4: must be a [Section], a Name=value or a # comment, got "foo"'],
    ["[U]\n=a\n", "line 2 'U.': must have a name of letters, digits, '-', '_' and '.', got \"\""],
    ["[U]\nA B=a\n", "line 2 'U.A B': must have a name of letters, digits, '-', '_' and '.', got \"A B\""],
    ["[U\nD=a\n", "line 1: must end with ']', as a section header, got \"[U\""],
    ["[U] x\nD=a\n", "line 1: must end with ']', as a section header, got \"[U] x\""],
    ["[ U ]\nD=a\n", "line 1: must be a section's name without brackets"],
    ["[U]\nD=a\\ \nE=b\n", `line 2 'U.D': must not end with a backslash, got "a\\\\"`],
    ["[U]\nD=a\uFFFEb\n", "line 2 'U.D': must not contain a Unicode noncharacter"],
    ["[U]\nD=a\0E=b\n", "unit file: must not contain NUL"],
  ])("%j", (text, message) => {
    expect(() => UnitFile.parse(text)).toThrow(message);
  });
});

describe("the units of Puma's guide", () => {
  test.each(["puma.service", "puma.socket"])("%s comes back as it is", (name) => {
    expect(UnitFile.parse(golden(name)).toString()).toBe(golden(name));
    expect(roundTrips(golden(name))).toBeUndefined();
  });

  test("the socket's directives are all there", () => {
    expect(reading(golden("puma.socket"))).toEqual([
      "[Unit] Description=Puma HTTP Server Accept Sockets",
      "[Socket] ListenStream=0.0.0.0:9292",
      "[Socket] ListenStream=0.0.0.0:9293",
      "[Socket] NoDelay=true",
      "[Socket] ReusePort=true",
      "[Socket] Backlog=1024",
      "[Install] WantedBy=sockets.target",
    ]);
  });

  test("the forking unit's slip is found", () => {
    expect(() => UnitFile.parse(golden("forking.service"))).toThrow("line 1: must be a [Section]");
    expect(roundTrips(`[${golden("forking.service")}`)).toBeUndefined();
  });
});
