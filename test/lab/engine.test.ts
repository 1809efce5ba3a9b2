import { cliConfig, hclString } from "../../lab/engine/config";

describe("the CLI configuration", () => {
  test("takes the null provider of both registries from the folder, and from there alone", () => {
    expect(cliConfig("/some/where")).toBe(`provider_installation {
  filesystem_mirror {
    path    = "/some/where"
    include = ["registry.terraform.io/hashicorp/null", "registry.opentofu.org/hashicorp/null"]
  }
  direct {
    exclude = ["registry.terraform.io/hashicorp/null", "registry.opentofu.org/hashicorp/null"]
  }
}
`);
  });

  test.each([
    [`a "b" \\c`, `"a \\"b\\" \\\\c"`],
    ["${a} %{b}", '"$${a} %%{b}"'],
  ])("quotes %s", (text, quoted) => {
    expect(hclString(text)).toBe(quoted);
  });
});
