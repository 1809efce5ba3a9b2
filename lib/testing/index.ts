/** For tests of whoever uses the library: `import { matchers, unitsOf } from "cdktf-puma/testing"`. */
export {
  type AsymmetricMatcher,
  type ExpectedDirective,
  type ExpectedUnit,
  type ExpectedValue,
} from "./expected-unit";
export { matchers } from "./matchers";
export { type UnitSource } from "./placed-unit";
export { type PumaMatchers } from "./puma-matchers";
export { hostsOf, type Unit, type UnitSection, unitsOf } from "./units";
