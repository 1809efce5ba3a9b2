/** An overlap: which Puma runs when, and who answers users. */
import { box, COLOURS, picture, quiet, text } from "./svg";

/** A unit, from which moment to which it is there, and what it does meanwhile. */
interface Span {
  readonly from: number;
  readonly to: number;
  readonly words: string;
  readonly fill: string;
}

/** The moments, in their order, as the host prints them or as close as it fits. */
export const MOMENTS = [
  "rehearsal starts",
  "it is healthy, and goes",
  "stand-in starts",
  "restart",
  "Puma answers",
  "stand-in leaves",
];

export const UNITS: Record<string, readonly Span[]> = {
  "web.socket": [{ from: -1, to: 6, words: "open all the time: no connection is refused", fill: "#dbeafe" }],
  "web.service": [
    { from: -1, to: 3, words: "old version answers", fill: COLOURS.old },
    { from: 3, to: 4, words: "boots", fill: COLOURS.trial },
    { from: 4, to: 6, words: "new version answers", fill: COLOURS.fresh },
  ],
  "web-rehearsal": [{ from: 0, to: 1, words: "unseen", fill: COLOURS.trial }],
  "web-standin": [{ from: 2, to: 5, words: "new version, on the same socket", fill: COLOURS.fresh }],
};

const LEFT = 150;
const STEP = 112;
const ROW = 54;
const TOP = 72;

const at = (moment: number): number => LEFT + (moment + 1) * STEP;

export function overlap(): string {
  const rows = Object.entries(UNITS);
  const bottom = TOP + rows.length * ROW;
  return picture(
    at(6) + 24,
    bottom + 44,
    "An overlap: a rehearsal, a stand-in, and the restart of the service behind it",
    [
      ...MOMENTS.flatMap((words, i) => [
        `<path d="M${at(i)} ${TOP - 14}V${bottom}" stroke="${COLOURS.line}" stroke-dasharray="3 4"/>`,
        ...lines(at(i), words),
      ]),
      ...rows.flatMap(([unit, spans], i) => [
        text(20, TOP + i * ROW + 25, unit, 'font-family="ui-monospace, monospace" font-size="13"'),
        ...spans.flatMap((span) => bar(span, TOP + i * ROW)),
      ]),
      quiet(
        20,
        bottom + 26,
        "A rehearsal that fails ends the run: the old version goes on. A service that fails behind the stand-in is rolled back behind it.",
      ),
    ],
  );
}

/** Words over a moment, in two lines where one is too long. */
function lines(x: number, words: string): string[] {
  const cut = words.length > 12 ? words.lastIndexOf(" ", 14) : words.length;
  const parts = [words.slice(0, cut), words.slice(cut + 1)].filter((part) => part !== "");
  return parts.map((part, i) => quiet(x, 34 + i * 16, part, 'text-anchor="middle"'));
}

function bar({ from, to, words, fill }: Span, y: number): string[] {
  const [x, width] = [at(from), at(to) - at(from)];
  return [
    box({ x, y, width, height: 38, fill }),
    quiet(x + width / 2, y + 24, words, 'text-anchor="middle"'),
  ];
}
