import { once, oncePer } from "../../lib/values/once";

test("what is undefined is computed once, too", () => {
  const compute = jest.fn();
  const kept = once(compute);
  expect([kept(), kept()]).toEqual([undefined, undefined]);
  expect(compute).toHaveBeenCalledTimes(1);
});

test("each object has its own", () => {
  const [one, other] = [{}, {}];
  const compute = jest.fn((key: object) => (key === one ? "one" : "other"));
  const kept = oncePer(compute);
  expect([kept(one), kept(other), kept(one)]).toEqual(["one", "other", "one"]);
  expect(compute).toHaveBeenCalledTimes(2);
});
