/** Of [Unit]: what is no list. All else there is one: ties to other units, conditions, assertions, documents. */
const SINGLE_OF_UNIT =
  /^(Description|SourcePath|CollectMode|StartLimit.*|Job.*|.*Action(ExitStatus)?|RebootArgument|On(Failure|Success)JobMode|OnFailureIsolate|DefaultDependencies|AllowIsolate|IgnoreOnIsolate|RefuseManual.*|StopWhenUnneeded|SurviveFinalKillSignal)$/;

/** Of [Service]: the lists. In doubt a directive is one. */
const LISTS_OF_SERVICE = new RegExp(
  `^(${[
    "Exec(Start|Stop)(Pre|Post)?|ExecReload(Post)?|ExecCondition|Exec(Search)?Paths?|NoExecPaths",
    "(Pass|Unset)?Environment|EnvironmentFile|SupplementaryGroups|Sockets|OpenFile|BPF.*|USBFunction.*",
    "(ReadWrite|ReadOnly|Inaccessible)(Paths|Directories)|Bind(ReadOnly)?Paths|TemporaryFileSystem",
    "MountImages|Extension(Images|Directories)|RootImageOptions|RootHash.*|RootMStack",
    "CapabilityBoundingSet|AmbientCapabilities|SecureBits|SystemCall(Filter|Architectures|Log)",
    "Restrict(AddressFamilies|Namespaces|FileSystems|NetworkInterfaces)|Device(Allow|Policy)|MountFlags",
    "IPAddress(Allow|Deny)|IP(In|E)gressFilterPath|SocketBind(Allow|Deny)|NFTSet|BindNetworkInterface",
    "(Load|Set|Import)Credential(Encrypted)?|(Runtime|State|Cache|Logs|Configuration)Directory",
    "SuccessExitStatus|Restart(Prevent|Force)ExitStatus|LogExtraFields|LogFilterPatterns|OOMRules",
    "IO(Read|Write)(Bandwidth|IOPS)Max|IODevice.*|BlockIO(Read|Write)Bandwidth|BlockIODeviceWeight",
    "CPUAffinity|NUMAMask|(Startup)?Allowed(CPUs|MemoryNodes)|Delegate(Namespaces)?|DisableControllers",
    "StandardInput(Data|Text)|CoredumpFilter|LUOSession",
  ].join("|")})$`,
);

/** Whether systemd takes no more than one value of a directive: the last that its unit or a drop-in says. */
export function isSingle(section: string, directive: string): boolean {
  if (section === "Unit") return SINGLE_OF_UNIT.test(directive);
  return !LISTS_OF_SERVICE.test(directive) && !directive.startsWith("X-");
}
