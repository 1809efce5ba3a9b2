import { findEngine } from "../lab/engine/engine";
import { Project } from "./project";
import { planPrinter, show, step } from "./screen";

/** Hosts that nobody has: TEST-NET-1 of RFC 5737. */
const HOSTS = [1, 2, 3].map((i) => ({
  name: `web${i}`,
  address: `192.0.2.${i}`,
  user: "ops",
  hostKey: "ecdsa-sha2-nistp256 AAAA",
}));

/** What there is to see without hosts: the units, and the plan where there is an engine. */
export async function showDry(): Promise<void> {
  const project = new Project();
  project.use({ greeting: "hello", hosts: HOSTS });
  await step("Synthesize the stack, and show the units that it would put on the hosts", async () => {
    const units = await project.synthesizedUnits();
    for (const [name, text] of Object.entries(units)) show(`--- ${name}\n${text}\n`);
  });
  await step("Plan what an apply would do (cdktf diff)", async () => {
    const problem = await findEngine().then(
      () => undefined,
      (error: Error) => error.message,
    );
    if (problem === undefined) await project.cdktf(["diff"], planPrinter());
    else show(`left out: ${problem}`);
  });
}
