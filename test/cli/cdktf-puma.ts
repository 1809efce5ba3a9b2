/** The command line as a process of its own, as it is before it is built. */
import { main } from "../../lib/cli/main";

void main(process.argv.slice(2)).then((code) => (process.exitCode = code));
