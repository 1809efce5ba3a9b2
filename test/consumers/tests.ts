/** What a user's tests write: under @types/jest as it stands, and with the line that others import `expect` by. */
import { type ExpectedUnit, matchers, unitsOf } from "cdktf-puma/testing";

expect.extend(matchers);
const unit: ExpectedUnit = {
  Service: {
    User: "deploy",
    Group: undefined,
    LimitNOFILE: 65536,
    ExecStart: expect.stringContaining("puma"),
    Environment: ["RACK_ENV=production", expect.stringContaining("A=")],
  },
};
expect("{}").toHaveUnit("web.service", unit);
expect("{}").not.toHaveUnit("web.service", { Service: { Environment: expect.arrayContaining(["A=b"]) } });
expect(unitsOf("{}")["web.service"].Service.User).toBe("deploy");
// @ts-expect-error -- a section has directives
expect("{}").toHaveUnit("web.service", { Service: "User=deploy" });
