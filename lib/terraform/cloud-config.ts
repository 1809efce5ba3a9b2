import { type Construct } from "constructs";
import {
  base64,
  type CloudConfigOptions,
  checkSize,
  cloudConfigText,
  type LaidReady,
  packedAsLong,
  RUN,
} from "../deploy/cloud-config";
import { type FirstBoot } from "../deploy/first-boot";
import { isToken, mapPieces } from "../values/marker";
import { type PropPath } from "../values/prop-path";
import { expression } from "./expression";
import { joined } from "./payload";
import { type StackResources } from "./stack-resources";
import { terraformText } from "./terraform-text";

/** A service that comes with machines. */
export interface MachineService {
  readonly at: PropPath;
  readonly name: string;
  /** The beginning of the names of its locals. */
  readonly id: string;
  readonly boot: FirstBoot;
  /** Where a configuration has the texts of its files, by their paths. */
  readonly texts: ReadonlyMap<string, string>;
}

/**
 * The user data of a service, in a local from the first time that it is asked for: it stands there once for all that refer to it, and
 * a function of the engine's takes it without a quote.
 */
export class CloudConfig {
  private address?: string;

  constructor(
    private readonly scope: Construct,
    private readonly stack: StackResources,
    private readonly service: MachineService,
  ) {}

  /**
   * A token, which may stand in any resource, another stack's too.
   * @throws if it is more than the cloud takes
   */
  read(options: Required<CloudConfigOptions>): string {
    const { cdk } = this.stack;
    checkSize(this.service.at, this.textOf(this.known()), options);
    this.address ??= this.write();
    const text = cdk.Token.asString(cdk.ref(this.address, cdk.TerraformStack.of(this.scope)));
    return options.gzip ? cdk.Fn.base64gzip(text) : text;
  }

  private textOf(files: readonly LaidReady[]): string {
    return cloudConfigText(this.service.boot, this.service.name, files);
  }

  private write(): string {
    const { cdk } = this.stack;
    return this.local("cloud_config", terraformText(cdk, this.textOf(this.laidReady())));
  }

  /** The address of a local. */
  private local(name: string, value: unknown): string {
    return `local.${this.stack.names.local(this.scope, `${this.service.id}_${name}`, value)}`;
  }

  /** Whose it is the engine alone knows. */
  private recordLines(): string[] {
    const { cdk, owner } = this.stack;
    const lines = ["format=1", `owner=${expression(cdk, `local.${owner}`)}`, ...this.service.boot.record];
    return lines.map((line) => terraformText(cdk, line));
  }

  private laidReady(): LaidReady[] {
    const { cdk } = this.stack;
    const { texts, boot } = this.service;
    const record = this.local("first_record", this.recordLines());
    const script = this.local("first_boot", terraformText(cdk, boot.script));
    const encoded = (text: string): string => expression(cdk, `base64encode(${text})`);
    return [
      ...boot.files.map(({ path, content }) =>
        isToken(content) ? inBase64(path, encoded(texts.get(path) ?? "")) : { path, content },
      ),
      inBase64("/record", encoded(joined(record))),
      { path: RUN, encoding: "gz+b64", content: expression(cdk, `base64gzip(${script})`) },
    ];
  }

  /** As far as it is known at synth, and as long as it is for an engine. */
  private known(): LaidReady[] {
    const { boot } = this.service;
    const owner = this.stack.cdk.TerraformStack.of(this.scope).node.id;
    const record = ["format=1", `owner=${owner}`, ...boot.record, ""].join("\n");
    return [
      ...boot.files.map(({ path, content }) => {
        const text = withoutTokens(content);
        return isToken(content) ? inBase64(path, base64(text)) : { path, content: text };
      }),
      inBase64("/record", base64(withoutTokens(record))),
      { path: RUN, encoding: "gz+b64", content: packedAsLong(boot.script) },
    ];
  }
}

function inBase64(path: string, content: string): LaidReady {
  return { path, encoding: "b64", content };
}

function withoutTokens(text: string): string {
  return mapPieces(
    text,
    (piece) => piece,
    () => "",
  );
}
