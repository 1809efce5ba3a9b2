# METADATA
# title: What a plan of cdktf-puma may do
# description: >-
#   For `conftest test --namespace puma` with the plan as `terraform show -json` prints it. What is allowed differently
#   stands in data.puma_limits: docs/testing.md.
package puma

import data.puma.plan

default max_removals := 1

max_removals := data.puma_limits.removals

default max_restarts_at_once := 4

max_restarts_at_once := data.puma_limits.restarts_at_once

deny_root contains sprintf("%s: runs as root; give the service a 'user' without privileges", [unit.file]) if {
	some unit in plan.services
	not is_excepted(unit, "root")
	not trim_suffix(unit.file, ".service") in plan.of_users
	not is_on(unit.after, "DynamicUser")
	object.get(settings(unit.after), "User", "root") in {"root", "0", ""}
}

deny_memory_max contains sprintf("%s: has no MemoryMax=, so it may take all memory of its host", [unit.file]) if {
	some unit in plan.services
	not is_excepted(unit, "memory_max")
	object.get(settings(unit.after), "MemoryMax", "") in {"", "infinity"}
}

deny_new_privileges contains sprintf("%s: has no NoNewPrivileges=true, so setuid programs give it rights", [unit.file]) if {
	some unit in plan.services
	not is_excepted(unit, "new_privileges")
	not is_on(unit.after, "NoNewPrivileges")
}

deny_hardening contains message if {
	some unit in plan.services
	not is_excepted(unit, "hardening")
	some name, value in settings(unit.before)
	regex.match(`^(NoNewPrivileges|Protect\w+|Private\w+|Restrict\w+|Lock\w+|MemoryDenyWriteExecute|SystemCall\w+|CapabilityBoundingSet|DynamicUser|RemoveIPC)$`, name)
	hardens(unit.before, name)
	not hardens(unit.after, name)
	message := sprintf("%s: switches hardening off: was %s=%s, is %s", [unit.file, name, value, now_set(unit.after, name)])
}

deny_removals contains message if {
	count(plan.leaving) > max_removals
	message := sprintf("%d hosts lose a service (%s), and one plan may take it from %d: is it the right list of hosts?", [count(plan.leaving), concat(", ", sort(plan.leaving)), max_removals])
}

deny_all_at_once contains message if {
	some service, batches in plan.restarts
	some hosts in batches
	count(hosts) > max_restarts_at_once
	message := sprintf("%s: restarts on %d hosts at once (%s), and may on %d: give the service a 'rollout' with batches", [service, count(hosts), concat(", ", sort(hosts)), max_restarts_at_once])
}

deny_freeze contains message if {
	some freeze in data.puma_limits.freezes
	time.now_ns() >= time.parse_rfc3339_ns(freeze.from)
	time.now_ns() < time.parse_rfc3339_ns(freeze.to)
	some service, _ in plan.restarts
	message := sprintf("%s: restarts in a freeze, which ends at %s", [service, freeze.to])
}

is_excepted(unit, policy) if policy in data.puma_limits.except[unit.file]

# An empty set of capabilities is the smallest one, and "~" all of them.
hardens(lines, "CapabilityBoundingSet") if settings(lines).CapabilityBoundingSet != "~"

hardens(lines, name) if {
	name != "CapabilityBoundingSet"
	is_on(lines, name)
}

is_on(lines, name) if {
	value := settings(lines)[name]
	not lower(value) in {"", "no", "n", "false", "f", "0", "off", "default"}
}

now_set(lines, name) := concat("", [name, "=", settings(lines)[name]])

default now_set(_, _) := "not set"

# What each directive is set to: where it stands in several lines, by the last of them.
settings(lines) := {name: value |
	some i, line in lines
	[_, name, value] := regex.find_all_string_submatch_n(`^([A-Za-z][\w-]*)=(.*)$`, line, 1)[0]
	not is_set_behind(lines, i, name)
}

is_set_behind(lines, i, name) if {
	some j, line in lines
	j > i
	startswith(line, concat("", [name, "="]))
}
