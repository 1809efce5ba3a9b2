import { show } from "./show";

/**
 * Where a value was given, as errors name it: an owner (`PumaService 'web'`, `Bind.tcp`, `line 3`), and the way from there
 * to the value: `PumaService 'web' 'directives.Service.LimitNOFILE'`, `PumaService 'web' 'hosts[0]'`.
 */
export class PropPath {
  /**
   * @param owner the class of a construct or a value, a factory, or another place of which errors tell
   * @param id the construct's id, or the value's name
   */
  static of(owner: string, id?: string): PropPath {
    return new PropPath(id === undefined ? owner : `${owner} '${id}'`, "");
  }

  private constructor(
    private readonly owner: string,
    private readonly way: string,
  ) {}

  /** The path of a field. */
  key(name: string): PropPath {
    return new PropPath(this.owner, this.way === "" ? name : `${this.way}.${name}`);
  }

  /** The path of a list's element. */
  index(i: number): PropPath {
    return new PropPath(this.owner, `${this.way}[${i}]`);
  }

  /** Throws `<path>: must <limit>, got <value>`: the one form of this library's errors at synth. */
  refuse(limit: string, value: unknown): never {
    return this.fail(`must ${limit}, got ${show(value)}`);
  }

  /** Throws `<path>: <message>`, where the value itself says nothing. */
  fail(message: string): never {
    throw new Error(`${this}: ${message}`);
  }

  toString(): string {
    return this.way === "" ? this.owner : `${this.owner} '${this.way}'`;
  }
}
