import { booleanOr, isWithin, wholeNumber } from "./numbers";
import { listOf, oneOf, plainListOf, resettable, type ValueType, wordsOf } from "./value-type";

/** A list of words, behind `~` for all but these. */
function set(must: string, each: (word: string, version: number) => boolean): ValueType {
  const takes = (value: string, version: number): boolean =>
    wordsOf(value.replace(/^~/, ""))?.every((word) => each(word, version)) ?? false;
  return { must: `be a list of ${must}, behind '~' for all but these`, takes, emptySince: 0 };
}

const GROUPS = oneOf(
  "@default @aio @basic-io @chown @clock @cpu-emulation @debug @file-system @io-event @ipc @keyring @memlock @module @mount " +
    "@network-io @obsolete @pkey @privileged @process @raw-io @reboot @resources @sandbox@257 @setuid @signal @swap @sync " +
    "@system-service @timer @known",
);

/** Names of system calls are the machine's; of groups systemd's. */
function isSystemCall(word: string, version: number): boolean {
  return word.startsWith("@") ? GROUPS.takes(word, version) : /^[a-z_]\w*$/.test(word);
}

/** The error that a call yields stands behind it where the list is of what is not allowed, in systemd 247 in any list. */
export const systemCallFilter: ValueType = {
  ...set(
    "system calls or groups of them such as @system-service, each with an error behind ':' in a list of '~'",
    () => true,
  ),
  takes: (value, version) =>
    wordsOf(value.replace(/^~/, ""))?.every((word) => {
      const [call = "", error, ...more] = word.split(":");
      if (!isSystemCall(call, version) || more.length > 0) return false;
      const mayHaveError = value.startsWith("~") || version < 252;
      return (
        error === undefined || (mayHaveError && (isErrorNumber(error) || (version < 252 && error === "0")))
      );
    }) ?? false,
};

export const systemCalls = set("system calls or groups of them such as @system-service", isSystemCall);

function isErrorNumber(text: string): boolean {
  return text === "kill" || /^E[A-Z0-9]+$/i.test(text) || isWithin(text, 1n, 4095n);
}

export const errorNumber: ValueType = {
  must: 'be kill, an error such as "EPERM", or a number from 1 to 4095',
  takes: isErrorNumber,
  emptySince: 0,
};

export const architectures: ValueType = (() => {
  const known = oneOf(
    "native x86 x86-64 x32 arm arm64 loongarch64@252 mips mips64 mips64-n32 mips-le mips64-le mips64-le-n32 parisc@252 " +
      "parisc64@252 ppc ppc64 ppc64-le riscv64 s390 s390x",
    "be made of",
  );
  return listOf(known.must, known.takes);
})();

/** Only those of the host's machine: which that is, synth does not know. */
export const personality = resettable(
  oneOf(
    "x86 x86-64 arm arm-be arm64 arm64-be ia64 loongarch64 mips mips-le mips64 mips64-le parisc parisc64 ppc ppc-le ppc64 ppc64-le " +
      "riscv32 riscv64 s390 s390x",
  ),
);

/** A family may be known on one machine, and not on another: what looks like one is taken. */
export const addressFamilies: ValueType = {
  ...set("address families such as AF_INET, or none from systemd 252 on", () => true),
  takes: (value, version) =>
    (value === "none" && version >= 252) ||
    (wordsOf(value.replace(/^~/, ""))?.every((word) => /^AF_[A-Z0-9]+$/i.test(word)) ?? false),
};

const NAMESPACES = oneOf("cgroup ipc net mnt pid user uts time@252");

export const namespaces: ValueType = (() => {
  const listed = set(`namespaces: ${NAMESPACES.must.replace("be one of ", "")}`, NAMESPACES.takes);
  const yesOrNo = booleanOr("no").takes;
  return {
    ...listed,
    must: listed.must.replace("be ", "be true, false or "),
    takes: (value, version) => yesOrNo(value, version) || listed.takes(value, version),
  };
})();

/** A user namespace is made for the unit itself, not by it. */
export const delegatedNamespaces: ValueType = {
  ...namespaces,
  takes: (value, version) => namespaces.takes(value, version) && !/^(?!~).*\buser\b/.test(value),
};

const FILE_SYSTEMS =
  /^(@(basic-api|anonymous|application|auxiliary-api|common-block|historical-block|known|network|privileged-api|security|temporary)|[^@][^]*)$/;
export const fileSystems = set("file systems, or groups of them such as @basic-api", (word) =>
  FILE_SYSTEMS.test(word),
);

const CONTROLLERS = oneOf(
  "cpu cpuacct cpuset io blkio memory devices pids bpf-firewall bpf-devices bpf-foreign@252 bpf-socket-bind@252 " +
    "bpf-restrict-network-interfaces@252 bpf-bind-network-interface@262",
  "be made of",
);
/** Of which systemd passes over those that it does not know, as long as there is one that it does. */
const anyControllers = (value: string, version: number): boolean =>
  wordsOf(value)?.some((word) => CONTROLLERS.takes(word, version)) ?? false;

const delegable = listOf(CONTROLLERS.must, CONTROLLERS.takes);
export const controllers: ValueType = { ...delegable, takes: anyControllers };

export const delegated: ValueType = {
  ...delegable,
  must: `be true, false or ${CONTROLLERS.must.slice(3)}`,
  takes: (value, version) => booleanOr("no").takes(value, version) || delegable.takes(value, version),
};

/** Processors or nodes by their numbers. */
function isIndexes(value: string): boolean {
  return value.split(/[\s,]+/).every((range) => {
    const [first = "", last = first, ...more] = range.split("-");
    if (range === "") return true;
    const [from, to] = [first, last].map((end) =>
      isWithin(end, 0n, 8191n) ? Number(wholeNumber(end)) : NaN,
    );
    return more.length === 0 && (from as number) <= (to as number);
  });
}

function indexes(word?: string): ValueType {
  return {
    must: `be a list of numbers or ranges such as "0-3,8"${word ? ` or ${word}` : ""}`,
    takes: (value) => value === word || isIndexes(value),
    emptySince: 0,
  };
}

export const processors = indexes();
export const processorsOrNuma = indexes("numa");
export const nodes = indexes("all");

const DUMPED = oneOf(
  "private-anonymous shared-anonymous private-file-backed shared-file-backed elf-headers private-huge shared-huge private-dax " +
    "shared-dax all default",
  "be made of",
);
export const coredumpFilter = plainListOf(
  `${DUMPED.must}, or be a mask in hexadecimal`,
  (word, version) => DUMPED.takes(word, version) || /^(0x)?[0-9a-f]{1,16}$/i.test(word),
);

export const deviceAllow: ValueType = {
  must: 'be a device of /dev or a group such as "char-pts", and which of "rwm" is allowed',
  takes: (value) =>
    /["'\\]|%[A-Za-z%]/.test(value) ||
    /^((block|char)-\S*|\/(dev|run\/systemd\/inaccessible)\/\S+)(\s+[rwm]+)?$/.test(value),
  emptySince: 0,
};
