import fc from "fast-check";

/** Pieces that something on the way from TypeScript to a process could take for its own syntax; the plainest come first. */
const PIECES = [
  ...["a", "Z", "0", "7f", "rails", "production", "null", "true", "true,", "{}", "\x7f", "\x1b[31m"],
  ..." \t\n\r\v\f",
  ...[
    "\r\n",
    "\n\n",
    "\\\n",
    " \\",
    "\\",
    "\\\\",
    '"',
    "'",
    "`",
    '\\"',
    "\\'",
    "\\x41",
    "\\n",
    "\\u0041",
    "\\101",
  ],
  ...[
    "$",
    "$$",
    "${",
    "}",
    "${HOME}",
    "$HOME",
    "$(id)",
    "%",
    "%%",
    "%{",
    "%n",
    "%i",
    "%h",
    "${TERM}",
    "%{if true}",
  ],
  ...["$${", "%%{", "~", "~}", "${self.id}", "<<EOT", "EOT", "EOF"],
  ...[
    ";",
    " ; ",
    "\\;",
    "#",
    "#{",
    "=",
    "==",
    ":",
    "|",
    "||",
    "&",
    "&&",
    "<",
    ">",
    "*",
    "?",
    "[",
    "]",
    "!",
    "@",
    "+",
  ],
  ...[
    "-",
    "--",
    "-b",
    "--config=",
    "[Service]",
    "\nExecStart=/bin/false",
    "\n[Install]\n",
    "/",
    "//",
    "..",
    ",",
  ],
  ...[
    "ä",
    "ß",
    "é",
    "e\u0301",
    "日本",
    "\u{1F600}",
    "\u{10FFFD}",
    "\u00A0",
    "\u0085",
    "\u009B",
    "\u2028",
    "\u2029",
  ],
  ...["\uFEFF", "\uFFFD", "\u200B", "\u202E", "\uE000", "\u{E0001}"],
];

/** The same strings in each run; another SEED tries others. */
export const SEED = Number(process.env.SEED ?? 20_261_126);
fc.configureGlobal({ seed: SEED });

/** Control characters, all but NUL, which no process can get. */
const CONTROLS = Array.from({ length: 31 }, (_, i) => String.fromCharCode(i + 1));

/** Strings that every test of arrival must hold, whatever chance brings. */
export const FIXED = [
  "",
  " ",
  "  leading and trailing  ",
  ";",
  "\\;",
  "-",
  "--",
  "\\",
  "a\\",
  '"',
  "'",
  "''",
  "$",
  "$$",
  "$HOME",
  "${HOME}",
  "%",
  "%%",
  "%{",
  "\n",
  "a\nb\n",
  "\r\n",
  "\t",
  "\x7f",
  CONTROLS.join(""),
  "\u{1F600}\u{1D11E}",
  "\uFEFFa",
];

/** Any character that UTF-8 has and systemd takes, of each length alike: neither NUL nor surrogate nor noncharacter. */
const CHARACTER = fc
  .oneof(
    fc.integer({ min: 1, max: 0x7f }),
    fc.integer({ min: 0x80, max: 0x7ff }),
    fc.integer({ min: 0x800, max: 0xffff }),
    fc.integer({ min: 0x1_0000, max: 0x10_ffff }),
  )
  .map((codePoint) => String.fromCodePoint(codePoint))
  .filter((character) => !/[\p{Cs}\p{Noncharacter_Code_Point}]/u.test(character));

/**
 * Strings that are hard to quote: quotes, backslashes, `$`, `%`, `${`, `%{`, Unicode (astral too), white space, line
 * breaks, control characters, DEL, leading dashes.
 */
export const HARD_STRING: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...PIECES) },
      { weight: 1, arbitrary: fc.constantFrom(...CONTROLS) },
      { weight: 1, arbitrary: CHARACTER },
    ),
    { minLength: 1, maxLength: 9, size: "max" },
  )
  .map((pieces) => pieces.join(""));

/** As many of them as a test on hosts sends at once: those that it must hold, then random ones, the same for a seed. */
export function hardStrings(
  count: number,
  seed: number,
  suits: (text: string) => boolean = () => true,
): string[] {
  const fixed = FIXED.filter(suits);
  return [...fixed, ...fc.sample(HARD_STRING.filter(suits), { seed, numRuns: count - fixed.length })];
}
