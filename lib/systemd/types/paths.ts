import {
  anyOf,
  listOf,
  resettable,
  type ValueType,
  withAnySpecifiers,
  withSpecifiers,
  wordsOf,
} from "./value-type";

/** What systemd takes for an absolute path: nothing in it leads upwards. */
export function isAbsolute(path: string): boolean {
  return path.startsWith("/") && isInside(path);
}

function isInside(path: string): boolean {
  const parts = path.split("/");
  return !parts.includes("..") && path.length < 4096 && parts.every((part) => part.length <= 255);
}

const ABSOLUTE = "an absolute path without '..'";

function path(must: string, takes: (value: string) => boolean): ValueType {
  return withSpecifiers({ must: `be ${must}`, takes, emptySince: 0 });
}

const behind =
  (prefix: RegExp) =>
  (value: string): boolean =>
    isAbsolute(value.replace(prefix, ""));

export const absolutePath = path(ABSOLUTE, isAbsolute);
export const pidFile = path("a path without '..', below /run if it is relative", isInside);
export const environmentFile = path(`${ABSOLUTE}, behind '-' if it may be missing`, behind(/^-/));
export const workingDirectory = path(
  `~ or ${ABSOLUTE}, behind '-' if it may be missing`,
  (value) => value.replace(/^-/, "") === "~" || behind(/^-/)(value),
);
export const conditionPath = path(
  `${ABSOLUTE}, behind '|' for a trigger and '!' for its opposite`,
  behind(/^\|?!?/),
);

function paths(must: string, prefix: RegExp): ValueType {
  return withSpecifiers(listOf(`be a list of ${must}`, behind(prefix)));
}

export const absolutePaths = paths("absolute paths without '..'", /^(?!)/);
export const namespacePaths = paths(
  "absolute paths without '..', each behind '-' if it may be missing and '+' if it is below RootDirectory=",
  /^-?\+?/,
);

export const searchPath = path("absolute paths with ':' between them", (value) =>
  value.split(":").every((part) => part === "" || isAbsolute(part)),
);

/** Escapes take the meaning away from what would part a tuple: those are not looked into. */
function tuples(must: string, each: (parts: string[], version: number) => boolean): ValueType {
  const list = listOf(must, (word, version) => each(word.split(":"), version));
  return withSpecifiers({
    ...list,
    takes: (value, version) =>
      (value.includes("\\") && wordsOf(value) !== undefined) || list.takes(value, version),
  });
}

const isSource = behind(/^-/);

export const bindPaths = tuples(
  "be a list of SOURCE[:DESTINATION[:rbind|norbind]], of absolute paths, each behind '-' if it may be missing",
  ([source = "", destination, options, ...more]) =>
    isSource(source) &&
    (destination === undefined || isAbsolute(destination)) &&
    (options === undefined || ["", "rbind", "norbind"].includes(options)) &&
    more.length === 0,
);

export const temporaryFileSystems = tuples(
  "be a list of absolute paths, each with :OPTIONS of its mount",
  ([where = ""]) => isAbsolute(where),
);

export const mountImages = tuples(
  "be a list of IMAGE:DESTINATION, of absolute paths",
  ([image = "", where = ""]) => isSource(image) && isAbsolute(where),
);

export const extensionImages = tuples("be a list of absolute paths of images", ([image = ""]) =>
  isSource(image),
);

const isBelow = (part: string): boolean =>
  part !== "" && !part.startsWith("/") && isInside(part) && !/^(\.\/?)*$/.test(part);
const isPrivate = (part: string): boolean => /^(\.?\/)*private(\/|$)/.test(part);

/** Directories that systemd makes; from 252 on with a link to each, and from 257 on with `ro`. */
export const ownDirectories = tuples(
  "be a list of relative paths, each with :LINK, from systemd 257 on with :ro too",
  (parts, version) => {
    // systemd 252 passes over a colon that nothing stands before.
    const [source = "", link = "", flags = ""] = version < 257 ? parts.filter(Boolean) : parts;
    if (version < 252) return isBelow(parts.join(":")) && !isPrivate(parts.join(":"));
    if (!isBelow(source) || isPrivate(source) || (link !== "" && !isBelow(link))) return false;
    return version < 257 || (parts.length <= 3 && ["", "ro"].includes(flags));
  },
);

/** The directory of a configuration is the one that nothing links to. */
export const configurationDirectories = tuples("be a list of relative paths", (parts, version) => {
  if (version < 252) return isBelow(parts.join(":")) && !isPrivate(parts.join(":"));
  const [path = "", link = ""] = version < 257 ? parts.filter(Boolean) : parts;
  return isBelow(path) && !isPrivate(path) && link === "";
});

export const openFile = withAnySpecifiers({
  must: "be PATH[:NAME[:OPTIONS]], of an absolute path and of options read-only, append, truncate, graceful",
  takes: (value) => {
    const [file = "", , options = "", ...more] = value.split(":");
    const known = /^(read-only|append|truncate|graceful|)$/;
    const isKnown = options.split(",").every((option) => known.test(option));
    return /["'\\]/.test(value) || (isAbsolute(file) && isKnown && more.length === 0);
  },
  emptySince: 0,
});

const HASH: ValueType = {
  must: "be hexadecimal",
  takes: (value) => /^([0-9a-f]{2}){16,}$/i.test(value.replace(/\s/g, "")),
};

/** Whether a text is whole bytes in base64. */
export function isBase64(text: string): boolean {
  const digits = text.replace(/\s/g, "");
  return digits !== "" && Buffer.from(digits, "base64").toString("base64") === digits;
}

export const base64: ValueType = {
  must: "be base64",
  // Newer ones take the letters of URLs and of names of files, too (RFC 4648, 5).
  takes: (value, version) => isBase64(version < 257 ? value : value.replace(/-/g, "+").replace(/_/g, "/")),
  emptySince: 0,
};

const OLD_IMAGE_POLICY = /^([*~-]|[a-z-]*=[^:]*(:[a-z-]*=[^:]*)*)$/;
const IMAGE_POLICY = /=|^[*~-]$/;

export const imagePolicy: ValueType = {
  must: "be PARTITION=USE with ':' between them, or one of *, -, ~",
  takes: (value, version) => (version < 262 ? OLD_IMAGE_POLICY : IMAGE_POLICY).test(value),
  emptySince: 0,
};

/** Which systemd looks at when the unit starts. */
const LATER = withAnySpecifiers({ must: `be ${ABSOLUTE}`, takes: isAbsolute });

const BASE64: ValueType = {
  must: "be base64",
  takes: (value) => value.startsWith("base64:") && isBase64(value.slice("base64:".length)),
};

export const rootHash = resettable(
  anyOf("be a hash in hexadecimal, or the absolute path of a file", HASH, LATER),
);
export const rootHashSignature = resettable(
  anyOf('be "base64:" and a signature, or the absolute path of a file', BASE64, LATER),
);

/** Where standard input, output or an error stream goes to: a word, a descriptor by its name, or a file. */
export function stream(words: readonly string[], files: (version: number) => readonly string[]): ValueType {
  return {
    must: `be one of ${words.join(", ")}, fd:NAME, or ${files(Infinity).join(", ")} and an absolute path`,
    takes: (value, version) => {
      const [, kind, rest = ""] = /^([a-z]+:)(.*)$/.exec(value) ?? [];
      if (kind === undefined) return words.includes(value);
      return kind === "fd:"
        ? !rest.includes(":")
        : files(version).includes(kind) && absolutePath.takes(rest, version);
    },
  };
}
