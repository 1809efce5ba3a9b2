/** The provider that stands in for the real one where no registry can be reached, and its name in the registries. */
const PROVIDERS = ["registry.terraform.io", "registry.opentofu.org"].map((host) => `${host}/hashicorp/null`);

/** The engine's CLI configuration: the null provider from a folder, all else from where it always comes. */
export function cliConfig(mirror: string): string {
  const names = PROVIDERS.map(hclString).join(", ");
  return [
    "provider_installation {",
    "  filesystem_mirror {",
    `    path    = ${hclString(mirror)}`,
    `    include = [${names}]`,
    "  }",
    "  direct {",
    `    exclude = [${names}]`,
    "  }",
    "}",
    "",
  ].join("\n");
}

/** A string of HCL, in which templates are no templates. */
export function hclString(text: string): string {
  return JSON.stringify(text).replace(/[$%](?=\{)/g, (sign) => sign + sign);
}
