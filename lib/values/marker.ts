/*
 * The marker of a token stands for a value that only the engine knows. cdktf and its forks write a string as
 * `${TfToken[…]}`, a list as one element `#{TfToken[…]}`, a map as one key `&{TfToken[…]}`, and a number as a double
 * with the token's index in its lower 48 bits; anything else is an object with a method `resolve`.
 */

const KEY = String.raw`\{TfToken\[[a-zA-Z0-9:._-]+\]\}`;
const LIST = new RegExp(`#${KEY}`);
const MAP = new RegExp(`&${KEY}`);

/** A string's marker, or what a template literal makes of a number as large as one that is a marker. */
const PIECE = new RegExp(String.raw`(\$${KEY}|-\d(?:\.\d+)?e\+\d{3})`);

/** The upper 16 bits of a number that stands for a number, and of one that stands for a list of them. */
const NUMBER_BITS = 0xfdff;
const NUMBER_LIST_BITS = 0xfbff;

/** A boolean that only the engine knows, such as cdktf's `booleanValue` of a variable. */
export interface IBooleanToken {
  /**
   * What the engine is given for it.
   * @param context of the engine
   */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- jsii knows neither `never` nor `unknown`
  resolve(context: any): any;
}

/** Whether the engine, not the synth, will know this value, or a part of this string. */
export function isToken(value: unknown): boolean {
  if (typeof value === "string") return tokensIn(value).length > 0;
  if (typeof value === "number") return upperBits(value) === NUMBER_BITS;
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value) && value.length === 1) return isListMarker(value[0]);
  return isResolvable(value) || Object.keys(value).some((key) => mayHoldMarker(key) && MAP.test(key));
}

/** Whether the marker of a whole list stands in a string: it is resolved only where the list stands alone. */
export function holdsListToken(value: string): boolean {
  return LIST.test(value);
}

/** Whether a token stands anywhere in a value, however deep. */
export function holdsToken(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return isToken(value);
  return isToken(value) || Object.values(value).some(holdsToken);
}

/**
 * Renders a string piece by piece: what is known at synth by `literal`, which also hears whether a token follows, and
 * the marker of each token by `token`.
 */
export function mapPieces(
  text: string,
  literal: (piece: string, beforeToken: boolean) => string,
  token: (marker: string) => string,
): string {
  if (!mayHoldMarker(text)) return literal(text, false);
  const pieces = split(text);
  return pieces
    .map((piece, i) => (i % 2 === 1 ? token(piece) : literal(piece, i < pieces.length - 1)))
    .join("");
}

/** The markers of the tokens in a string. */
export function tokensIn(text: string): string[] {
  return mayHoldMarker(text) ? split(text).filter((_, i) => i % 2 === 1) : [];
}

/** What is known at synth and, at each odd index, the marker of the token between two such pieces. */
function split(text: string): string[] {
  const pieces = [""];
  text.split(PIECE).forEach((piece, i) => {
    if (i % 2 === 1 && isMarker(piece)) pieces.push(piece, "");
    else pieces[pieces.length - 1] += piece;
  });
  return pieces;
}

/** Asked first, since nearly no string does, and there are many for each host. */
function mayHoldMarker(text: string): boolean {
  return text.includes("TfToken[") || text.includes("e+");
}

/** Whether a piece is a marker, and not a number that only looks like one. */
function isMarker(piece: string): boolean {
  return piece.startsWith("$") || isToken(Number(piece));
}

function isListMarker(element: unknown): boolean {
  if (typeof element === "string") return LIST.test(element);
  return typeof element === "number" && upperBits(element) === NUMBER_LIST_BITS;
}

/** Whether an object resolves itself at synth, as those of cdktf and cdktn do. */
export function isResolvable(value: object): boolean {
  return "resolve" in value && typeof value.resolve === "function";
}

function upperBits(value: number): number {
  const bytes = new DataView(new ArrayBuffer(8));
  bytes.setFloat64(0, value);
  return bytes.getUint16(0);
}
