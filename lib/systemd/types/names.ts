import { UNIT_TYPES } from "../names";
import { withEscapes } from "./commands";
import { isWithin } from "./numbers";
import { isBase64 } from "./paths";
import {
  listOf,
  pattern,
  plainListOf,
  resettable,
  type ValueType,
  withAnySpecifiers,
  withSpecifiers,
  wordsOf,
} from "./value-type";

/** A unit as others name it: `a.service`, `a@.service`, `a@b.service`. */
const UNIT = new RegExp(`^[\\w:.\\\\-]+(@[\\w:.\\\\@-]*)?\\.(${UNIT_TYPES.join("|")})$`);

function isUnit(name: string, suffix = ""): boolean {
  return UNIT.test(name) && name.endsWith(suffix) && name.length <= 255;
}

export const units = withSpecifiers(
  plainListOf('be a list of names of units such as "redis.service"', (word) => isUnit(word)),
);
export const socketUnits = withSpecifiers(
  plainListOf('be a list of names of sockets such as "web.socket"', (word) => isUnit(word, ".socket")),
);
export const serviceUnit = withSpecifiers({
  must: 'be the name of a service such as "web.service"',
  takes: (value) => isUnit(value, ".service"),
});
export const slice = withSpecifiers({
  must: 'be the name of a slice such as "web.slice"',
  takes: (value) => isUnit(value, ".slice") && !value.includes("@"),
});

/** systemd's relaxed rules (https://systemd.io/USER_NAMES). */
function isAccount(name: string): boolean {
  if (/^\d+$/.test(name))
    return isWithin(name, 0n, 4_294_967_294n) && name !== "65535" && (name === "0" || !name.startsWith("0"));
  return /^[^:/\p{Cc}]{1,255}$/u.test(name) && !/^\.\.?$|^-\d*$|^\s|\s$/.test(name);
}

export const account = withSpecifiers({
  must: "be the name or the number of an account",
  takes: isAccount,
  emptySince: 0,
});
const accountList = listOf("be a list of names or numbers of accounts", isAccount);
export const accounts = withSpecifiers({
  ...accountList,
  // systemd says nothing of a quote that is not closed.
  takes: (value, version) => wordsOf(value) === undefined || accountList.takes(value, version),
});

const VARIABLE = /^[A-Za-z_]\w*$/;
const ASSIGNMENT = /^[A-Za-z_][A-Za-z0-9_]*=/;

export const assignments = withSpecifiers(
  withEscapes(
    listOf('be a list of assignments such as "A=b", in quotes where a value has white space', (word) =>
      ASSIGNMENT.test(word),
    ),
  ),
);
export const variables = withSpecifiers(
  listOf("be a list of names of variables", (word) => VARIABLE.test(word)),
);
export const variablesOrAssignments = withSpecifiers(
  withEscapes(
    listOf(
      'be a list of names of variables, or of assignments such as "A=b"',
      (word) => VARIABLE.test(word) || ASSIGNMENT.test(word),
    ),
  ),
);
export const logFields = withSpecifiers(
  withEscapes(
    listOf('be a list of fields such as "TEAM=shop"', (word) => /^[A-Z][A-Z0-9_]{0,63}=/.test(word)),
  ),
);

const SIGNALS = [
  "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU",
  "URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS",
].join("|");
const SIGNAL = new RegExp(
  `^(SIG)?(${SIGNALS.replace(/ /g, "|")}|RTMIN(\\+([0-9]|[12]\\d|30))?|RTMAX(-([0-9]|[12]\\d|30))?)$`,
);

export const signal: ValueType = {
  must: 'be a signal such as "SIGTERM", "RTMIN+3" or "15"',
  takes: (value) => SIGNAL.test(value) || isWithin(value, 1n, 64n),
};

/** Of systemd.exec(5), "Process Exit Codes", each with the first systemd that has it. */
const STATUSES = new Map(
  [
    "SUCCESS FAILURE INVALIDARGUMENT NOTIMPLEMENTED NOPERMISSION NOTINSTALLED NOTCONFIGURED NOTRUNNING CHDIR NICE FDS",
    "EXEC MEMORY LIMITS OOM_ADJUST SIGNAL_MASK STDIN STDOUT CHROOT IOPRIO TIMERSLACK SECUREBITS SETSCHEDULER",
    "CPUAFFINITY GROUP USER CAPABILITIES CGROUP SETSID CONFIRM STDERR PAM NETWORK NAMESPACE NO_NEW_PRIVILEGES",
    "SECCOMP SELINUX_CONTEXT PERSONALITY APPARMOR ADDRESS_FAMILIES RUNTIME_DIRECTORY CHOWN SMACK_PROCESS_LABEL",
    "KEYRING STATE_DIRECTORY CACHE_DIRECTORY LOGS_DIRECTORY CONFIGURATION_DIRECTORY NUMA_POLICY CREDENTIALS",
    "EXCEPTION USAGE DATAERR NOINPUT NOUSER NOHOST UNAVAILABLE SOFTWARE OSERR OSFILE CANTCREAT IOERR TEMPFAIL",
    "PROTOCOL NOPERM CONFIG BPF@252 KSM@257",
  ]
    .flatMap((line) => line.split(" "))
    .map((word) => [word.split("@")[0], Number(word.split("@")[1] ?? 0)] as const),
);

export const statuses = plainListOf(
  'be a list of exit codes from 0 to 255, or of names of codes or signals such as "TEMPFAIL SIGKILL"',
  (word, version) =>
    isWithin(word, 0n, 255n) || SIGNAL.test(word) || (STATUSES.get(word) ?? Infinity) <= version,
);

export const descriptorName = withSpecifiers(
  resettable(pattern("be a name of up to 255 characters without ':'", /^[\x20-\x39\x3b-\x7e]{1,255}$/)),
);
export const busName = withSpecifiers(
  pattern(
    'be a name on the bus such as "org.example.Web"',
    /^(?=.{1,255}$)([A-Za-z_-][\w-]*(\.[A-Za-z_-][\w-]*)+|:[\w-]+(\.[\w-]+)+)$/,
  ),
);
export const logNamespace = withSpecifiers(
  resettable(pattern("be a name without '/' and white space", /^(?!\.\.?$)[^/%\s\P{ASCII}]{1,200}$/u)),
);
export const subgroup = resettable(
  pattern(
    "be the name of a control group, which begins with none of systemd's own",
    /^(?![._]|cgroup\.)[^/]+$/,
  ),
);

export const documentation = withSpecifiers(
  plainListOf("be a list of URIs: http://, https://, file:/, info: or man:", (word) =>
    /^(https?:\/\/|file:\/|info:|man:)./.test(word),
  ),
);

/** The name of a credential, and behind a colon what the directive says of it. */
function credential(must: string, tail: RegExp, since = 0): ValueType {
  const values = new RegExp(`^(?!\\.\\.?(:|$))[^/:]{1,255}${tail.source}`);
  return withAnySpecifiers({
    must,
    takes: (value, version) =>
      /["'\\]/.test(value) || (values.test(value) && (version >= since || /:./.test(value))),
    emptySince: 0,
  });
}

export const loadedCredential = credential(
  "be NAME or NAME:PATH, from systemd 252 on without a path",
  /(:.*)?$/,
  252,
);
export const setCredential = credential("be NAME:VALUE", /:.*$/);
const encrypted = credential("be NAME:VALUE, of a value in base64", /:.+$/);
export const encryptedCredential: ValueType = {
  ...encrypted,
  takes: (value, version) =>
    encrypted.takes(value, version) &&
    (/%[A-Za-z%]/.test(value) || isBase64(value.slice(value.indexOf(":") + 1))),
};
export const importedCredential = credential("be a pattern of names, or PATTERN:NAME", /(:[^/:]*)?$/);
