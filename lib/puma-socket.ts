import { Construct } from "constructs";
import { checkSocket, type SocketSettings, socketUnit } from "./puma/socket-unit";
import { unitFileName } from "./systemd/names";
import { type UnitFile } from "./systemd/unit-file";
import { known } from "./values/check";

export interface PumaSocketProps extends SocketSettings {
  /**
   * Name of the unit, without `.socket`.
   * @default - the name of the service that takes the socket
   */
  readonly name?: string;
}

/**
 * Sockets that systemd holds for a Puma (systemd.socket(5)): they stay open while Puma restarts, and can start it on
 * first use. To be passed to one PumaService.
 */
export class PumaSocket extends Construct {
  private service?: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: PumaSocketProps,
  ) {
    super(scope, id);
    checkSocket(this.label, props);
    if (props.name !== undefined) {
      const prop = `${this.label} 'name'`;
      unitFileName(prop, known(prop, props.name), "socket");
    }
    this.node.addValidation({
      validate: () =>
        this.service === undefined ? [`${this.label}: must be taken by a PumaService, as its 'socket'`] : [],
    });
  }

  /** The binds that systemd holds. */
  get binds(): SocketSettings["binds"] {
    return [...this.props.binds];
  }

  /** Name of the unit without its suffix, for a service. */
  unitName(service: string): string {
    return this.props.name ?? service;
  }

  /** @internal Gives the socket to a service. */
  takenBy(service: string): UnitFile {
    if (this.service !== undefined) {
      throw new Error(
        `${this.label}: must be taken by one PumaService, got '${this.service}' and '${service}'; a second service needs a second socket`,
      );
    }
    this.service = service;
    return socketUnit(this.label, this.props, this.unitName(service), service);
  }

  private get label(): string {
    return `PumaSocket '${this.node.id}'`;
  }
}
