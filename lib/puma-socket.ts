import { Construct } from "constructs";
import { type Bind } from "./puma/bind";
import { checkSocket, SOCKET_UNIT_PROPS, type SocketUnitProps, socketUnit } from "./puma/socket-unit";
import { type ServiceIdentity } from "./puma/service";
import { unitFileName } from "./systemd/names";
import { type UnitFile } from "./systemd/unit-file";
import { checkProps, type Fields } from "./values/fields";
import { PropPath } from "./values/prop-path";

/** Props of a PumaSocket. */
export interface PumaSocketProps extends SocketUnitProps {
  /**
   * Name of the unit, without `.socket`: letters, digits and `- _ .`.
   * @default - the name of the service that takes the socket
   */
  readonly name?: string;
}

const PROPS: Fields<PumaSocketProps> = { ...SOCKET_UNIT_PROPS, name: true };

/**
 * Sockets that systemd holds for a Puma (systemd.socket(5)): they stay open while Puma restarts, and can start it on
 * first use. One PumaService takes it, as its `socket` or as one of its `sockets`.
 *
 * @example
 * const socket = new PumaSocket(stack, "socket", {
 *   binds: [Bind.tcp(9292), Bind.unix("/run/blog/puma.sock", { mode: "0660" })],
 *   backlog: 4096,
 * });
 */
export class PumaSocket extends Construct {
  /** @internal The unit that it is, once a service has taken it. */
  public _unit?: UnitFile;

  private readonly props: PumaSocketProps;
  private service?: string;

  /**
   * @param scope the stack, or a construct in it
   * @param id its id in the scope
   * @param props what it is made of
   * @throws if the props could not become a unit
   */
  constructor(scope: Construct, id: string, props: PumaSocketProps) {
    super(scope, id);
    checkSocket(this._at, checkProps(this._at, props, PROPS, new.target !== PumaSocket));
    if (props.name !== undefined) unitFileName(this._at.key("name"), props.name, "socket");
    this.props = { ...props, binds: props.binds.map((bind) => bind._ofSystemd) };
    this.node.addValidation({
      validate: () =>
        this.service === undefined
          ? [`${this._at}: must be taken by a PumaService, as its 'socket' or one of its 'sockets'`]
          : [],
    });
  }

  /** The binds that systemd holds. */
  get binds(): Bind[] {
    return [...this.props.binds];
  }

  /** @internal How errors name it. */
  get _at(): PropPath {
    return PropPath.of("PumaSocket", this.node.id);
  }

  /** @internal Name of the unit without its suffix, for a service. */
  _unitName(service: string): string {
    return this.props.name ?? service;
  }

  /** @internal Gives the socket to a service. */
  _takenBy(service: ServiceIdentity): UnitFile {
    const { name } = service;
    if (this.service !== undefined) {
      this._at.fail(
        `must be taken by one PumaService, got '${this.service}' and '${name}'; a second service needs a second socket`,
      );
    }
    this.service = name;
    this._unit = socketUnit(this._at, this.props, this._unitName(name), service);
    return this._unit;
  }
}
