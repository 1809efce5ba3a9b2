export { Rollout, type RollingOptions } from "./deploy/rollout";
export { Bind } from "./puma/bind";
export {
  type BacklogOption,
  type SslBindOptions,
  type TcpBindOptions,
  type UnixBindOptions,
} from "./puma/bind-options";
export { type DeploySettings, type OnChange } from "./deploy/deploy-props";
export { type Directives, type DirectiveValue } from "./puma/directives";
export { PumaCommand, type BundlerOptions } from "./puma/command";
export { type ServiceSettings, type Threads } from "./puma/service-props";
export { type SocketSettings } from "./puma/socket-unit";
export { PumaService, type PumaServiceProps } from "./puma-service";
export { PumaSocket, type PumaSocketProps } from "./puma-socket";
export { HealthCheck, type CheckOptions, type HttpCheckOptions } from "./deploy/health-check";
export { Host, type Bastion, type HostOptions } from "./host/host";
export { type Answering, type Probe } from "./puma/probe";
export { SshKey } from "./host/ssh-key";
export { type ITerraformDependable } from "./terraform/dependable";
export { type Section } from "./systemd/section";
export { type SectionContent, UnitFile } from "./systemd/unit-file";
export { Duration } from "./values/duration";
export { type BooleanToken } from "./values/marker";
