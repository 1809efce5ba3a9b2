/*
 * The one file that knows which engine there is: cdktf, or a fork of it that takes its place.
 */
export {
  Annotations,
  Aspects,
  Fn,
  type ITerraformDependable,
  Lazy,
  Op,
  type Precondition,
  ref,
  type SSHProvisionerConnection,
  TerraformLocal,
  TerraformProvider,
  TerraformResource,
  type TerraformResourceLifecycle,
  TerraformStack,
  Token,
  Tokenization,
} from "cdktf";
