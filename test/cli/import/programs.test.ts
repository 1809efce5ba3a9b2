/**
 * Unit files as people have them: each becomes a program that compiles, synthesizes, and says what the file said but for what is
 * left away. docs/import.md tells what becomes of each: `WRITE_IMPORTS=true` writes it anew.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as cdktf from "cdktf";
import ts from "typescript";
import * as library from "../../../lib";
import { differences } from "../../../lib/cli/import/differences";
import { type Note } from "../../../lib/cli/import/draft";
import { readFiles } from "../../../lib/cli/import/files";
import { valuesOf, saidBy } from "../../../lib/cli/import/unit";
import { render } from "../../../lib/cli/import/written";
import { UnitFile } from "../../../lib/systemd/unit-file";
import { ROOT, stackIn } from "../../example";
import { imported, type Result } from "./imported";

const UNITS = join(__dirname, "units");
const DOCS = join(ROOT, "docs/import.md");
const WRITES = process.env.WRITE_IMPORTS === "true";
const EXAMPLE = "34-mkdir-before.service";

const folder = mkdtempSync(join(tmpdir(), "cdktf-puma-programs-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What becomes of a file: a program, or why it is refused. */
type Outcome = Result | string;

const outcomes = new Map<string, Outcome>(
  readdirSync(UNITS)
    .filter((name) => name.endsWith(".service"))
    .map((name) => [name, outcomeOf(name)]),
);
const results = [...outcomes].filter((entry): entry is [string, Result] => typeof entry[1] !== "string");

function outcomeOf(name: string): Outcome {
  try {
    return imported(readFiles([join(UNITS, name)]));
  } catch (error) {
    return (error as Error).message;
  }
}

test("only what is broken is refused, with its line", () => {
  expect([...outcomes.values()].filter((outcome) => typeof outcome === "string")).toEqual([
    '51-no-unit-header.service:1: must come after a section header, got "Description=App"',
    "52-no-service-header.service:5: Type=: systemd ignores it in [Unit], as it belongs to [Service]",
    "53-misspelt-directive.service:9: systemd knows no Restar= in [Service]; did you mean Restart=?",
    "54-placeholders.service:8: WorkingDirectory= has the placeholder <YOUR_APP_PATH>: put in what it stands for",
  ]);
});

test("all programs compile, as strictly as TypeScript can", () => {
  const files = results.map(([name, { program }]) => {
    const file = join(ROOT, "examples", `.imported-${name}.ts`);
    return [file, program] as const;
  });
  const [[, program = ""] = []] = files;
  const broken = join(ROOT, "examples", ".broken.ts");
  const all = [...files, [broken, program.replace("workingDirectory:", "workingFolder:")] as const];
  expect(typeErrors(new Map(all))).toEqual([expect.stringMatching(/^\S+\/\.broken\.ts: .*workingFolder/)]);
});

/** What is wrong in the files of a program that are in memory alone. */
function typeErrors(files: ReadonlyMap<string, string>): string[] {
  const { config } = ts.readConfigFile(join(ROOT, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, ROOT);
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists, getSourceFile } = host;
  host.readFile = (name) => files.get(name) ?? readFile(name);
  host.fileExists = (name) => files.has(name) || fileExists(name);
  host.getSourceFile = (name, version, ...rest) => {
    const text = files.get(name);
    return text === undefined
      ? getSourceFile(name, version, ...rest)
      : ts.createSourceFile(name, text, version);
  };
  const program = ts.createProgram([...files.keys()], options, host);
  return [...files.keys()].flatMap((name) =>
    ts
      .getPreEmitDiagnostics(program, program.getSourceFile(name))
      .map(({ messageText }) => `${name}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`),
  );
}

/** Runs a program in this process; the units that it declares, after their synth. */
function unitsBy(program: string, name: string): Record<string, string> {
  const { outputText } = ts.transpileModule(`${program}\nexport { app };\n`, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  });
  const out = join(folder, name);
  const modules: Record<string, unknown> = { cdktf, "cdktf-puma": library };
  const exported: { app?: cdktf.App } = {};
  process.env.CDKTF_OUTDIR = out;
  try {
    new Function("require", "exports", outputText)((module: string) => modules[module], exported);
  } finally {
    delete process.env.CDKTF_OUTDIR;
  }
  expect(Object.keys(stackIn(out).resource.null_resource)).toHaveLength(1);
  const service = exported.app?.node.findAll().find((construct) => construct instanceof library.PumaService);
  return (service as library.PumaService).unitFiles;
}

describe.each(results)("%s", (name, result) => {
  const { imported: made, units, program } = result;

  test("its program synthesizes, and says what the file said but for what is noted", () => {
    const texts = unitsBy(program, name);
    const noted = new Set(made.notes.map(({ line }) => line));
    for (const [file, { source, unit }] of made.sources) {
      const missing = differences(source, UnitFile.parse(texts[file] ?? ""), unit).filter(
        ({ sign, line }) =>
          sign === "-" && line?.name !== "ExecStart" && line !== undefined && !noted.has(line),
      );
      expect(missing.map(({ text }) => text)).toEqual([]);
    }
  });

  test("what its command names is in the unit's, or noted", () => {
    const [line] = valuesOf(saidBy(units.service), "Service", "ExecStart");
    const command = made.draft.units
      .get(`${made.declaration.name}.service`)
      ?.section("Service")
      .get("ExecStart")[0];
    const names = (line?.value ?? "").match(/[\w./@%-]+\.r[bu]\b|(?:unix|ssl|tcp):[^\s'"]+/g) ?? [];
    const isNoted = made.notes.some((note) => note.line === line);
    const inUnit = (word: string): boolean =>
      (command ?? "").includes(
        word
          .replace(/%i/g, "main")
          .replace(/^\.\//, "")
          .replace(/^unix:\/\/(?=\w)/, ""),
      );
    expect(names.filter((word) => !inUnit(word) && !isNoted)).toEqual([]);
  });

  test("none of its secrets is in the program", () => {
    for (const secret of ["0123456789abcdef", "s3cret", "app:secret@"]) expect(program).not.toContain(secret);
  });
});

test("there are secrets in the files", () => {
  const texts = [...outcomes.keys()].map((name) => readFileSync(join(UNITS, name), "utf8")).join();
  for (const secret of ["0123456789abcdef", "s3cret", "app:secret@"]) expect(texts).toContain(secret);
});

const code = (text: string): string => `\`${text.replaceAll("|", "\\|")}\``;

/** A row of the table in the docs. */
function row([name, outcome]: [string, Outcome]): string {
  if (typeof outcome === "string") {
    const [, line, reason] = /:(\d+): (.*)$/.exec(outcome) ?? [];
    return `| ${name} | – | refused, line ${line}: ${reason?.replaceAll("<", "&lt;")} |`;
  }
  const { imported: made, units } = outcome;
  const command = render(made.declaration.service.command?.code ?? "").replace(/\n\s*/g, " ");
  const files = [name, ...units.sockets.map(() => "its socket")].join(" and ");
  const left = namesOf(made.notes.filter(({ isSaid }) => !isSaid));
  const said = namesOf(made.notes.filter(({ isSaid }) => isSaid));
  const what = [left && `without ${left}`, said && `${said} in other words`].filter(Boolean).join("; ");
  return `| ${files} | ${code(command)} | ${what || "all is declared"} |`;
}

/** The directives that notes are about, and what of those that say several things. */
function namesOf(notes: readonly Note[]): string {
  const names = notes.map(({ line, part }) =>
    part !== undefined && ["Environment", "ExecStart"].includes(line.name)
      ? `${code(`${line.name}=`)} (${code(part)})`
      : code(`${line.name}=`),
  );
  return [...new Set(names)].join(", ");
}

/** The parts of the docs that are made here, by the headings that they stand under. */
function written(): Record<string, string> {
  const example = outcomes.get(EXAMPLE) as Result;
  const table = [
    "| file | its command | what becomes of the rest; the reasons are in the program |",
    "| --- | --- | --- |",
  ];
  return {
    "The file": fenced("ini", readFileSync(join(UNITS, EXAMPLE), "utf8")),
    "The program": fenced("ts", example.program),
    "What becomes of files that people have": [...table, ...[...outcomes].map(row)].join("\n"),
  };
}

function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;
}

test.each(Object.keys(written()))("what docs/import.md shows under: %s", (heading) => {
  const docs = readFileSync(DOCS, "utf8");
  const [, shown = ""] =
    new RegExp(
      `^#+ ${heading}\\n\\n(?:[^\\n|\`].*\\n)*\\n?((?:\`\`\`[^]*?^\`\`\`$)|(?:^\\|.*\\n)+)`,
      "m",
    ).exec(docs) ?? [];
  const made = written()[heading] ?? "";
  if (WRITES && shown.trimEnd() !== made)
    writeFileSync(
      DOCS,
      docs.replace(shown.trimEnd(), () => made),
    );
  else expect(shown.trimEnd()).toBe(made);
});
