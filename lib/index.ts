export { Rollout, type RollingOptions } from "./deploy/rollout";
export { Bind } from "./puma/bind";
export {
  type BindOptions,
  type SslBindOptions,
  type TcpBindOptions,
  type UnixBindOptions,
} from "./puma/bind-options";
export { type CloudConfigOptions } from "./deploy/cloud-config";
export { type DeployProps } from "./deploy/deploy-props";
export { ManagedFile, type FileOptions, type FilePlaceOptions } from "./deploy/declared-file";
export { type Directives, type DirectiveValue } from "./puma/directives";
export { PumaCommand, type BundlerOptions, type ShellOptions } from "./puma/command";
export { Hardening } from "./puma/hardening";
export { Logs, type LogFileOptions } from "./puma/logs";
export { PumaConfig } from "./puma/puma-config";
export { type PumaConfigOptions, type RemoteAddressOptions } from "./puma/puma-config-options";
export { Secret, type CommandSecretOptions } from "./puma/secret";
export {
  Secrets,
  type AllSecretsOptions,
  type CredentialsOptions,
  type SecretsOptions,
} from "./puma/service-secrets";
export { type ServiceUnitProps, type ThreadOptions } from "./puma/service-props";
export { type SocketUnitProps } from "./puma/socket-unit";
export { ProxyServer } from "./puma/upstream";
export { PumaDropIn, type PumaDropInProps } from "./puma-drop-in";
export { type DropInProps } from "./deploy/drop-in-props";
export { PumaService, type PumaServiceProps } from "./puma-service";
export { PumaSocket, type PumaSocketProps } from "./puma-socket";
export {
  HealthCheck,
  type CheckOptions,
  type HttpCheckOptions,
  type SettleOptions,
} from "./deploy/health-check";
export { Restart, type RestartOptions } from "./deploy/restart";
export { RestartOn, type CertificateOptions } from "./deploy/restart-on";
export { Task, type EachHostOptions, type OnceOptions } from "./deploy/task";
export { Connection, type OpensshOptions } from "./host/connection";
export { Host, type BastionOptions, type HostOptions } from "./host/host";
export { Hosts, type HostsOptions } from "./host/hosts";
export { HostKey } from "./host/host-key";
export { SshKey, type SensitiveKeyOptions } from "./host/ssh-key";
export { type ITerraformDependable } from "./terraform/dependable";
export { Drift } from "./terraform/drift";
export {
  EphemeralResource,
  EphemeralVariable,
  type EphemeralResourceProps,
  type EphemeralVariableOptions,
} from "./terraform/ephemeral";
export { Removal } from "./terraform/removal";
export { Section } from "./systemd/section";
export { UnitFile } from "./systemd/unit-file";
export { type Scope } from "./layout";
export { Duration } from "./values/duration";
export { type IBooleanToken } from "./values/marker";
