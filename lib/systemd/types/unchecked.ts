/** Whose values systemd looks at when a unit starts, or whose grammar is too rich to be told here. */
export const UNCHECKED = "anything";

/** The directives whose values are not checked. */
export const UNCHECKED_NAMES = `Description RebootArgument JobTimeoutRebootArgument SecureBits AmbientCapabilities CapabilityBoundingSet
    Alias Also DefaultInstance RequiredBy UpheldBy WantedBy
    LogFilterPatterns PAMName SyslogIdentifier UtmpIdentifier SELinuxContext AppArmorProfile SmackProcessLabel SmackLabel
    SmackLabelIPIn SmackLabelIPOut TCPCongestion RootImageOptions
    LUOSession OOMRules BPFDelegateAttachments BPFDelegateCommands BPFDelegateMaps BPFDelegatePrograms
    ${["Condition", "Assert"]
      .map((what) =>
        `ACPower Architecture CPUFeature CPUPressure CPUs Capability ControlGroupController Credential Environment Firmware
        FirstBoot Fraction Group Host IOPressure KernelCommandLine KernelModuleLoaded KernelVersion MachineTag Memory
        MemoryPressure OSRelease Security User Version Virtualization`.replace(/\b(?=[A-Z]\w+)/g, what),
      )
      .join(" ")}`;
