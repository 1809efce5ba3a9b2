/** `npm run demo`: a Puma service from nothing to real hosts, through a change, and away again. */
import { ensurePackages } from "../lab/fleet/install";
import { whatIsMissing } from "../lab/fleet/requirements";
import { showDry } from "./dry";
import { showLive } from "./live";
import { plain } from "./screen";

/** Lets what is registered for the end of the process run. */
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

/** Why no hosts can boot here; installs the packages that they take, where that is all that is missing. */
async function obstacle(): Promise<string | undefined> {
  return (
    whatIsMissing() ??
    (await ensurePackages().then(
      () => undefined,
      (error: Error) => `Real hosts cannot boot here: ${error.message}`,
    ))
  );
}

async function main(): Promise<void> {
  const begun = Date.now();
  const missing = await obstacle();
  if (missing) {
    console.log(`${missing}\nHere is what can be shown without them.`);
    await showDry();
  } else {
    await showLive();
  }
  console.log(`\nThat was all; it took ${((Date.now() - begun) / 1000).toFixed(0)} s.`);
}

main().catch((error: Error) => {
  console.error(error.message.split("\n").map(plain).join("\n"));
  process.exitCode = 1;
});
