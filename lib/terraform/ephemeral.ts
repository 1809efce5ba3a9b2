import { Construct } from "constructs";
import { checkObject, checkString } from "../values/check";
import { checkOptions, checkProps, type Fields } from "../values/fields";
import { PropPath } from "../values/prop-path";
import { cdkOf } from "./cdk";
import { expression } from "./expression";

/** Options of an EphemeralVariable. */
export interface EphemeralVariableOptions {
  /**
   * What it is for, as the engine says it.
   * @default - nothing
   */
  readonly description?: string;
}

const VARIABLE: Fields<EphemeralVariableOptions> = { description: true };

/** As Terraform names things. */
const NAME = /^[A-Za-z_][\w-]*$/;

function checkId(at: PropPath, id: string): void {
  if (!NAME.test(id)) at.key("id").refuse("be letters, digits and _ -, and not begin with a digit", id);
}

/**
 * A variable whose value the engine forgets: it is in no plan and no state. It is given at each plan and apply that brings a new
 * version of a secret (`TF_VAR_…`, `-var-file`), and may be left away at all others. From Terraform 1.10 and OpenTofu 1.11 on.
 *
 * @example
 * const key = new EphemeralVariable(stack, "secret_key_base");
 * const secrets = Secrets.environment({ SECRET_KEY_BASE: key.stringValue }, { version: "1" });
 */
export class EphemeralVariable extends Construct {
  /** Its value, as a Terraform token. */
  readonly stringValue: string;

  /**
   * @param scope the stack, or a construct in it
   * @param id its id, and its name for the engine
   * @param options what is to be said of it
   * @throws if the stack has a variable of this name already
   */
  constructor(scope: Construct, id: string, options: EphemeralVariableOptions = {}) {
    super(scope, id);
    const at = PropPath.of("EphemeralVariable", id);
    const { description } = checkOptions(at, options, VARIABLE);
    if (description !== undefined) checkString(at.key("description"), description);
    checkId(at, id);
    const { TerraformStack, TerraformVariable } = cdkOf(this);
    const others = TerraformStack.of(this).node.findAll();
    if (others.some((one) => one instanceof TerraformVariable && one.friendlyUniqueId === id))
      at.key("id").refuse("be the name of no other variable of the stack", id);
    // Without a default each plan would have to be given it.
    const variable = new TerraformVariable(this, "Resource", {
      ...{ type: "string", sensitive: true, default: "", description },
    });
    variable.overrideLogicalId(id);
    variable.addOverride("ephemeral", true);
    this.stringValue = variable.stringValue;
  }
}

/** Props of an EphemeralResource. */
export interface EphemeralResourceProps {
  /** Its type, such as "aws_secretsmanager_secret_version". The provider that has it has to be in the stack. */
  readonly type: string;
  /** Its arguments, under their names in Terraform. Terraform tokens are welcome in the values. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- jsii knows neither `never` nor `unknown`
  readonly config: Record<string, any>;
  /**
   * The provider by its alias, such as "aws.west".
   * @default - the one without an alias
   */
  readonly provider?: string;
}

const RESOURCE: Fields<EphemeralResourceProps> = { type: true, config: true, provider: true };

/**
 * What a provider reads of a password manager, and the engine forgets: it is in no plan and no state. The engine asks for it at
 * each plan and apply, whatever changes. From Terraform 1.10 and OpenTofu 1.11 on.
 *
 * @example
 * const key = new EphemeralResource(stack, "key", {
 *   type: "aws_secretsmanager_secret_version",
 *   config: { secret_id: "prod/blog/key" },
 * });
 * const secrets = Secrets.environment({ SECRET_KEY_BASE: key.attribute("secret_string") }, { version: "1" });
 */
export class EphemeralResource extends Construct {
  private readonly address: string;

  /**
   * @param scope the stack, or a construct in it
   * @param id its id, and its name for the engine
   * @param props what it is made of
   * @throws if the stack has an ephemeral resource of this type and name already
   */
  constructor(scope: Construct, id: string, props: EphemeralResourceProps) {
    super(scope, id);
    const at = PropPath.of("EphemeralResource", id);
    const { type, config, provider } = checkProps(at, props, RESOURCE, new.target !== EphemeralResource);
    checkId(at, id);
    if (!NAME.test(checkString(at.key("type"), type))) at.key("type").refuse("be a resource's type", type);
    checkObject(at.key("config"), config);
    if (provider !== undefined) checkString(at.key("provider"), provider);
    this.address = `ephemeral.${type}.${id}`;
    const stack = cdkOf(this).TerraformStack.of(this);
    const others = stack.node.findAll().filter((one) => one instanceof EphemeralResource && one !== this);
    if (others.some((one) => (one as EphemeralResource).address === this.address))
      at.key("id").refuse("be the name of no other ephemeral resource of this type in the stack", id);
    stack.addOverride(this.address, { ...config, ...(provider !== undefined && { provider }) });
  }

  /**
   * One of its values, as a Terraform token.
   * @param name as the provider's documentation has it, such as "secret_string"
   * @throws if it is no name
   * @example
   * const password = new EphemeralResource(stack, "db", { type: "random_password", config: { length: 40 } }).attribute("result");
   */
  attribute(name: string): string {
    const at = PropPath.of("EphemeralResource", this.node.id).key("attribute");
    if (!/^[A-Za-z_][\w.-]*$/.test(checkString(at, name))) at.refuse("be the name of an attribute", name);
    return expression(cdkOf(this), `${this.address}.${name}`);
  }
}
