/** What a resource can depend on: a resource, a data source or a module of either CDK. */
export interface ITerraformDependable {
  /** Its address in the configuration, such as `null_resource.web`. */
  readonly fqn: string;
}
