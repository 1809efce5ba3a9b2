import type { TerraformStack } from "cdktf";
import { Bind, Duration, HealthCheck, type PumaServiceProps, PumaSocket, Restart } from "../../../lib";
import { PROGRAMS } from "./hostile-host";

/** A kind of apply, and what it says beside the version. */
export interface Kind {
  readonly name: string;
  /** Whether it must never say `done`. */
  readonly bad?: boolean;
  /** Whether the stack is the same as before. */
  readonly same?: boolean;
  readonly props: (stack: TerraformStack) => Partial<PumaServiceProps>;
}

const [RUBY, SHARED] = ["/usr/bin/ruby", "/srv/app/shared"];

const checked = (...args: string[]): HealthCheck =>
  HealthCheck.command([RUBY, `${PROGRAMS}/check.rb`, ...args], {
    timeout: Duration.seconds(3),
    interval: Duration.seconds(0.5),
    retries: 2,
    settle: Duration.seconds(1),
  });
const page = HealthCheck.http("/up", {
  retries: 2,
  timeout: Duration.seconds(3),
  settle: Duration.seconds(1),
});
const answers = HealthCheck.answers({ settle: Duration.seconds(1) });

/** How a version is hostile that is good otherwise. */
const HOSTILE = ["", "says", "leaves", "says leaves", "says", "says extends"];

function oneOf<T>(all: readonly T[]): T {
  return all[Math.floor(Math.random() * all.length)] as T;
}

const good = (): Partial<PumaServiceProps> => ({
  environment: { HOSTILE: oneOf(HOSTILE) },
  healthCheck: oneOf([answers, page, checked()]),
});
const bad = (DEFECT: string): Partial<PumaServiceProps> => ({
  environment: { DEFECT },
  healthCheck: page,
  restart: oneOf([Restart.hot(), Restart.overlap()]),
});
const directives = (Service: Record<string, string>): Partial<PumaServiceProps> => ({
  directives: { Service: { ...LIMITS, ...Service } },
});

/** Short, so that what extends them shows. */
const LIMITS = { TimeoutStopSec: "3s" };

/** What is applied, one after the other and from the beginning again. */
export const KINDS: readonly Kind[] = [
  { name: "hot", props: () => ({ ...good(), restart: Restart.hot() }) },
  { name: "overlap", props: () => ({ ...good(), restart: Restart.overlap() }) },
  { name: "no change", same: true, props: () => ({}) },
  { name: "does not boot", bad: true, props: () => bad("raise") },
  { name: "overlap", props: () => ({ ...good(), restart: Restart.overlap() }) },
  { name: "answers 500", bad: true, props: () => bad("500") },
  { name: "hot", props: () => ({ ...good(), restart: Restart.hot() }) },
  {
    name: "its health command fails",
    bad: true,
    props: () => ({ ...bad(""), healthCheck: checked("fail") }),
  },
  { name: "no change", same: true, props: () => ({}) },
  { name: "overlap", props: () => ({ ...good(), restart: Restart.overlap() }) },
  { name: "extends its start for ever", bad: true, props: () => bad("hang") },
  { name: "hot", props: () => ({ ...good(), restart: Restart.hot() }) },
  {
    name: "a log in the application's folder",
    bad: true,
    props: () => directives({ StandardOutput: `append:${SHARED}/log` }),
  },
  {
    name: "an environment file there",
    bad: true,
    props: () => ({ environmentFiles: [`${SHARED}/env`] }),
  },
  {
    name: "a socket with an owner there",
    bad: true,
    props: (stack) => ({
      socket: new PumaSocket(stack, "socket", {
        binds: [...BINDS, Bind.unix(`${SHARED}/sockets/puma.sock`)],
        user: "deploy",
      }),
    }),
  },
  {
    name: "a working directory by a link of false lines",
    bad: true,
    props: () => ({ workingDirectory: "/srv/hostile/current" }),
  },
];

const BINDS = [Bind.tcp(9292), Bind.unix("/run/web/puma.sock")];

/** The service of an apply. */
export function serviceOf(
  stack: TerraformStack,
  version: string,
  props: Partial<PumaServiceProps>,
): Omit<PumaServiceProps, "hosts"> {
  return {
    socket: props.socket ?? new PumaSocket(stack, "socket", { binds: BINDS }),
    user: "deploy",
    workingDirectory: "/srv/app/current",
    threads: { min: 4, max: 4 },
    startTimeout: Duration.seconds(6),
    healthCheck: answers,
    directives: { Service: LIMITS },
    ...props,
    environment: { VERSION: version, ...props.environment },
  };
}
