import { type Release, RELEASES } from "../../lab/fleet/fleet";

const words = (process.env.CHOSEN_RELEASES ?? "").split(" ").filter(Boolean);

/** The releases that `npm run prove` was told, or all. */
export const CHOSEN: readonly Release[] = RELEASES.filter(
  (release) => words.length === 0 || words.includes(release),
);
