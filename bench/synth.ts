/** Synthesizes hosts with this library, all at once or `rolling`, and prints what that costs. */
import { App, TerraformStack } from "cdktf";
import { SshKey } from "../lib";
import { fleet } from "./fleet";
import { HOSTS, measured } from "./measured";

measured((outdir) => {
  const app = new App({ outdir });
  fleet(
    new TerraformStack(app, "fleet"),
    HOSTS,
    process.argv[3] === "rolling",
    SshKey.file("~/.ssh/id_ed25519"),
  );
  app.synth();
});
