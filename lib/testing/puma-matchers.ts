/* eslint-disable @typescript-eslint/ban-ts-comment, @typescript-eslint/no-empty-object-type, @typescript-eslint/no-unused-vars */
import { type ExpectedUnit } from "./expected-unit";

/** What `matchers` add to the `expect` of a test runner. */
export interface PumaMatchers<R = void> {
  /**
   * Passes if there is a unit of this name that has these directives. Where a service has different units on different hosts, one of
   * them is enough: ask each service.
   * @param file its name, such as `web.service`
   * @param expected what it is to have at least
   */
  toHaveUnit(file: string, expected?: ExpectedUnit): R;
}

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- that of @types/jest
  namespace jest {
    interface Matchers<R, T = {}> extends PumaMatchers<R> {}
  }
}

/** @ts-ignore where there is no @jest/globals */
declare module "expect" {
  interface Matchers<R extends void | Promise<void>, T = unknown> extends PumaMatchers<R> {}
}

/** @ts-ignore where there is no vitest */
declare module "vitest" {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as vitest has it
  interface Assertion<T = any> extends PumaMatchers {}
}
