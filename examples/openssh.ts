// Hosts as they stand in ssh_config: names, users, keys, jump hosts and known_hosts are OpenSSH's business, as on a terminal. One
// more, which is the machine that runs the engine itself.
import { App, TerraformStack } from "cdktf";
import { Bind, Connection, Host, PumaService } from "cdktf-puma";

const app = new App();
const stack = new TerraformStack(app, "blog");

const connection = Connection.openssh();

new PumaService(stack, "puma", {
  hosts: [
    new Host("web1", { address: "web1", connection }),
    // A machine of a cloud: by its identity, one that is rebuilt behind the same address is installed anew.
    new Host("web2", { address: "web2", identity: "i-0a1b2c3d4e5f", user: "ops", connection }),
    new Host("web3", { connection: Connection.local() }),
  ],
  user: "deploy",
  workingDirectory: "/srv/blog/current",
  binds: [Bind.tcp(9292)],
});

app.synth();
