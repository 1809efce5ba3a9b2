import * as cdk from "cdktf";
import { Bind } from "../../lib";
import { Bundle } from "../../lib/deploy/bundle";
import { DeployStrategy } from "../../lib/deploy/deploy-strategy";
import { Service } from "../../lib/puma/service";
import { UnitFile } from "../../lib/systemd/unit-file";
import { toTerraform } from "../../lib/terraform/payload";
import { PropPath } from "../../lib/values/prop-path";

test("a file that stands in no local cannot hold a token, and the error names it", () => {
  const props = { workingDirectory: "/srv" };
  const service = Service.resolve(PropPath.of("PumaService", "web"), { name: "web", stack: "blog" }, props, {
    binds: [Bind.tcp(1)],
  });
  const unit = new UnitFile();
  unit.section("Service").add("Environment", "A=${TfToken[TOKEN.1]}");
  const units = new Map([["web.service", unit]]);
  const bundle = Bundle.of(service, DeployStrategy.resolve(service, {}), units, "blog");
  const locals = { texts: new Map<string, string>(), candidates: "{}", units: "{}" };
  expect(() => toTerraform(cdk, bundle, locals)).toThrow(
    "ManagedFile '/etc/systemd/system/web.service': must be known at synth",
  );
});
