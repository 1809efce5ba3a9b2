/** Pieces that something on the way from TypeScript to a process could take for its own syntax. */
const PIECES = [
  ..." \t\n\r\v\f\0".replace("\0", ""),
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
  ...["a", "Z", "0", "7f", "rails", "production", "null", "true", "true,", "{}", "\x7f", "\x1b[31m"],
];

/** Control characters, all but NUL, which no process can get. */
const CONTROLS = Array.from({ length: 31 }, (_, i) => String.fromCharCode(i + 1));

/** Strings that every test of arrival must hold, whatever chance brings. */
const FIXED = [
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

/**
 * Strings that are hard to quote, the same ones for the same seed: quotes, backslashes, `$`, `%`, `${`, `%{`, Unicode
 * (astral too), white space, line breaks, control characters, DEL, leading dashes, nothing at all.
 */
export function randomStrings(count: number, seed: number): string[] {
  const random = generator(seed);
  const pick = (from: readonly string[]) => from[Math.floor(random() * from.length)];
  const piece = () => (random() < 0.1 ? pick(CONTROLS) : random() < 0.1 ? codePoint(random) : pick(PIECES));
  const string = () => Array.from({ length: Math.floor(random() * 9) + 1 }, piece).join("");
  return [...FIXED, ...Array.from({ length: Math.max(0, count - FIXED.length) }, string)].slice(0, count);
}

/** Any character that UTF-8 has and systemd takes: neither surrogate nor noncharacter. */
function codePoint(random: () => number): string {
  const limit = [0x7f, 0x7ff, 0xffff, 0x10ffff][Math.floor(random() * 4)];
  const character = String.fromCodePoint(1 + Math.floor(random() * limit));
  return /[\p{Cs}\p{Noncharacter_Code_Point}]/u.test(character) ? "\uFFFD" : character;
}

/** Mulberry32, a small generator of numbers in [0, 1). */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
