// Machines of a group that scales by itself: each comes up with the service, by cloud-init, and no apply has to reach it. A new unit,
// or a new version of the application, is a new launch template, with which the group replaces its machines one after the other.
import { App, TerraformResource, TerraformStack } from "cdktf";
import { Bind, ManagedFile, PumaConfig, PumaService, PumaSocket } from "cdktf-puma";

const app = new App();
const stack = new TerraformStack(app, "blog");

const service = new PumaService(stack, "puma", {
  hosts: [],
  socket: new PumaSocket(stack, "socket", { binds: [Bind.tcp(9292)] }),
  user: "deploy",
  workingDirectory: "/srv/blog/current",
  pumaVersion: "6.6",
  files: [ManagedFile.pumaConfig(PumaConfig.of({ workers: 2, preloadApp: true }))],
  // The machine fetches it by its own role, before Puma starts: see docs/first-boot.md.
  environmentFiles: ["/etc/blog/secrets.env"],
});

// With @cdktf/provider-aws: new LaunchTemplate(stack, "web", { imageId, userData: service.cloudConfig({ gzip: true }) }).
const template = new TerraformResource(stack, "web", { terraformResourceType: "aws_launch_template" });
template.addOverride("image_id", "ami-0123456789abcdef0");
template.addOverride("user_data", service.cloudConfig({ gzip: true }));

const group = new TerraformResource(stack, "group", { terraformResourceType: "aws_autoscaling_group" });
group.addOverride("min_size", 2);
group.addOverride("max_size", 8);
group.addOverride("health_check_type", "ELB");
group.addOverride("launch_template", [
  { id: template.getStringAttribute("id"), version: template.getStringAttribute("latest_version") },
]);
group.addOverride("instance_refresh", [
  { strategy: "Rolling", preferences: [{ min_healthy_percentage: 100, auto_rollback: true }] },
]);

app.synth();
