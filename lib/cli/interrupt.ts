import { setMaxListeners } from "node:events";
import { EXIT, Exit } from "./output";

/**
 * Does what Ctrl-C ends.
 * @throws an Exit, once it has ended by that
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  // As many hosts as there are listen to it.
  setMaxListeners(0, abort.signal);
  const end = (): void => abort.abort();
  process.once("SIGINT", end).once("SIGTERM", end);
  const result = await work(abort.signal).finally(() => process.off("SIGINT", end).off("SIGTERM", end));
  if (abort.signal.aborted) throw new Exit(EXIT.interrupted);
  return result;
}
