/** The command line as a process of its own, as it is before it is built. */
import { run } from "../../lib/cli/main";

void run(process.argv.slice(2));
