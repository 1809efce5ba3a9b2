import { userInfo } from "node:os";

/** Who runs this command; a container may run it by a number that has no name. */
export function caller(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}
