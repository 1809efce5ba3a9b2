import { setMaxListeners } from "node:events";
import { constants } from "node:os";
import { Exit } from "./output";

const ENDING = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Does what Ctrl-C ends, and its like.
 * @throws an Exit, once it has ended by that
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  // As many hosts as there are listen to it.
  setMaxListeners(0, abort.signal);
  let ended = 0;
  const end = (signal: NodeJS.Signals): void => {
    ended = 128 + constants.signals[signal];
    abort.abort();
  };
  for (const signal of ENDING) process.once(signal, end);
  const result = await work(abort.signal).finally(() => ENDING.forEach((signal) => process.off(signal, end)));
  if (ended !== 0) throw new Exit(ended);
  return result;
}
