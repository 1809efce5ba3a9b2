import { type Written } from "./rule";

/** Throws if a Puma of this version would not know an option of a bind: it passes over those without a word. */
export function checkBindVersions({ service }: Written): void {
  const { at, binds, version, pumaVersion } = service;
  for (const { option, major, minor } of binds.flatMap((bind) => bind._since)) {
    if (version && !version.since(major, minor))
      at.key("pumaVersion").refuse(`be ${major}.${minor} or newer for '${option}' of Bind.ssl`, pumaVersion);
  }
}
