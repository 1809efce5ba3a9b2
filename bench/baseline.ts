/** Synthesizes hosts by resources that are written by hand, and prints what that costs. */
import { App, Fn, TerraformStack, Token } from "cdktf";
import { byHand } from "./by-hand";
import { HOSTS, measured } from "./measured";

measured((outdir) => {
  const app = new App({ outdir });
  const privateKey = Token.asString(Fn.file(Fn.pathexpand("~/.ssh/id_ed25519")));
  byHand(new TerraformStack(app, "fleet"), HOSTS, { privateKey });
  app.synth();
});
