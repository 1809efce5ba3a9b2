import { checkObject, checkInteger, checkList, checkOptional, refuse, checkString } from "../values/check";
import { Duration } from "../values/duration";
import { checkNormal, checkOneLine } from "../values/text";
import { type Answering, probeLine } from "../puma/probe";

/** How often, and for how long, a changed Puma is asked. */
export interface CheckOptions {
  /**
   * Time between two tries.
   * @default Duration.seconds(1)
   */
  readonly interval?: Duration;
  /**
   * How long one try may take, to the millisecond.
   * @default Duration.seconds(5)
   */
  readonly timeout?: Duration;
  /**
   * How many tries may fail before one has to pass; 0 to 1000.
   * @default 10
   */
  readonly retries?: number;
}

/** What is asked over HTTP, and what has to come back. */
export interface HttpCheckOptions extends CheckOptions {
  /**
   * The status that is well; 100 to 599.
   * @default 200
   */
  readonly status?: number;
  /**
   * Headers of the request, such as `{ "X-Forwarded-Proto": "https" }` for an application that insists on TLS.
   * No secrets: every user of the host can read them while the check runs, and they stand in the configuration.
   * @default - none
   */
  readonly header?: Readonly<Record<string, string>>;
  /**
   * Name of the host that is asked for, as the Host header.
   * @default "localhost"
   */
  readonly host?: string;
  /**
   * The bind that is asked, of tcp, ssl or unix; one of the service's own.
   * @default - its first that wants no client certificate
   */
  readonly bind?: Answering;
}

/** How a deploy knows that a changed Puma is well. It asks from the host itself, with curl or by Puma's own Ruby. */
export class HealthCheck {
  /** Every bind answers HTTP with any status, and systemd has not restarted Puma since. What a service does unless told otherwise. */
  static answers(): HealthCheck {
    return new HealthCheck({ health_kind: "answer" });
  }

  /**
   * Every bind answers, and a page answers with the right status.
   * @param path - absolute, with its query: printable ASCII without spaces
   * @throws where the request could not be made
   */
  static http(path: string, options: HttpCheckOptions = {}): HealthCheck {
    checkPath("HealthCheck.http 'path'", path);
    const { status = 200, host = "localhost", bind } = checkObject("HealthCheck.http 'options'", options);
    checkHeaderText("HealthCheck.http 'host'", host);
    const variables = {
      health_kind: "http",
      health_path: path,
      health_status: String(checkInteger("HealthCheck.http 'status'", status, 100, 599)),
      health_host: host,
      health_headers: headerLines("HealthCheck.http 'header'", options.header).join("\n"),
      health_bind: bind === undefined ? "" : boundTo("HealthCheck.http 'bind'", bind),
    };
    return new HealthCheck({ ...variables, ...triesOf("HealthCheck.http", options) }, bind);
  }

  /** Every bind is held, and systemd has not restarted Puma since. */
  static tcp(): HealthCheck {
    return new HealthCheck({ health_kind: "tcp" });
  }

  /**
   * Every bind answers, and a command succeeds, run as the service's user in its workingDirectory. `PUMA_BIND` tells it
   * whom to ask: `http://0.0.0.0:9292`, or `unix:/run/…` of the new version alone while that is rehearsed.
   * @param words - the command and its arguments, each one word: no shell reads them
   * @throws where there is no command, or a word would not come to the host as it is
   */
  static command(words: readonly [string, ...string[]], options: CheckOptions = {}): HealthCheck {
    checkWords(words);
    const quoted = words.map((word) => `'${word.replace(/'/g, `'\\''`)}'`);
    return new HealthCheck({
      health_kind: "command",
      health_command: quoted.join(" "),
      ...triesOf("HealthCheck.command", checkObject("HealthCheck.command 'options'", options)),
    });
  }

  /** Nothing but systemd's word that Puma runs. A version that never answers passes. */
  static none(): HealthCheck {
    return new HealthCheck({ health_kind: "none" });
  }

  private constructor(
    private readonly said: Readonly<Record<string, string>>,
    /** @internal The bind that is asked, where one was named. */
    readonly bind?: Answering,
  ) {}

  /** @internal Whether one bind is asked for a page. */
  get asksAPage(): boolean {
    return this.said.health_kind === "http";
  }

  /** @internal What the script on a host is told. */
  get variables(): Record<string, string> {
    return { ...DEFAULTS, ...this.said };
  }
}

const DEFAULTS = {
  health_path: "/",
  health_status: "200",
  health_host: "localhost",
  health_headers: "",
  health_bind: "",
  health_command: "",
  ...triesOf("HealthCheck", {}),
};

function triesOf(factory: string, options: CheckOptions): Record<string, string> {
  const { interval = Duration.seconds(1), timeout = Duration.seconds(5), retries = 10 } = options;
  checkOptional(`${factory} 'interval'`, interval, Duration);
  checkOptional(`${factory} 'timeout'`, timeout, Duration);
  return {
    health_interval: String(interval.toMilliseconds() / 1000),
    health_timeout: String(timeout.toMilliseconds() / 1000),
    health_retries: String(checkInteger(`${factory} 'retries'`, retries, 0, 1000)),
  };
}

function checkWords(words: readonly string[]): void {
  const prop = "HealthCheck.command 'words'";
  if (checkList(prop, words).length === 0) refuse(prop, "name a command", words);
  words.forEach((word, i) => {
    const at = `HealthCheck.command 'words[${i}]'`;
    checkOneLine(at, checkString(at, word));
    checkNormal(at, word);
  });
}

function checkPath(prop: string, path: string): void {
  if (!/^\/[!-~]*$/.test(checkString(prop, path))) {
    refuse(prop, "begin with / and be printable ASCII without spaces", path);
  }
}

function boundTo(prop: string, bind: Answering): string {
  return probeLine(checkObject(prop, checkObject(prop, bind).probe));
}

function headerLines(prop: string, header: Readonly<Record<string, string>> = {}): string[] {
  return Object.entries(checkObject(prop, header)).map(([name, value]) => headerLine(name, value));
}

function headerLine(name: string, value: string): string {
  const prop = `HealthCheck.http 'header.${name}'`;
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) refuse(prop, "be a header's name (RFC 9110)", name);
  checkHeaderText(prop, value);
  return `${name}: ${value}`;
}

function checkHeaderText(prop: string, value: string): void {
  if (!/^[ -~]*$/.test(checkString(prop, value))) refuse(prop, "be printable ASCII", value);
}
