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
	not plan.is_of_user(unit)
	object.get(settings(unit.after), "User", user_unless_given(unit)) in {"root", "0", ""}
}

user_unless_given(unit) := "some other" if is_on(unit.after, "DynamicUser")

else := "root"

deny_root contains sprintf("%s: has the unit run as root", [unit.file]) if {
	some unit in plan.drop_ins
	not is_excepted(unit, "root")
	settings(unit.after).User in {"root", "0", ""}
}

deny_memory_max contains sprintf("%s: has no MemoryMax=, so it may take all memory of its host", [unit.file]) if {
	some unit in plan.services
	not is_excepted(unit, "memory_max")
	object.get(settings(unit.after), "MemoryMax", "") in {"", "infinity", "100%"}
}

deny_new_privileges contains sprintf("%s: has no NoNewPrivileges=true, so setuid programs give it rights", [unit.file]) if {
	some unit in plan.services
	not is_excepted(unit, "new_privileges")
	not is_on(unit.after, "NoNewPrivileges")
}

deny_hardening contains message if {
	some unit in (plan.services | plan.drop_ins)
	not is_excepted(unit, "hardening")
	some name, value in settings(unit.before)
	is_hardening(name)
	hardens(unit.before, name)
	not hardens(unit.after, name)
	message := sprintf("%s: switches hardening off: was %s=%s, is %s", [unit.file, name, value, now_set(unit.after, name)])
}

deny_hardening contains message if {
	some unit in plan.drop_ins
	not is_excepted(unit, "hardening")
	some name, value in settings(unit.after)
	is_hardening(name)
	not hardens(unit.after, name)
	not hardens(unit.before, name)
	message := sprintf("%s: switches hardening off that its unit may have: %s=%s", [unit.file, name, value])
}

is_hardening(name) if regex.match(`^(NoNewPrivileges|Protect\w+|Private\w+|Restrict\w+|Lock\w+|MemoryDenyWriteExecute|SystemCall(Filter|Architectures)|CapabilityBoundingSet|DynamicUser|RemoveIPC|ProcSubset|DevicePolicy|IPAddressDeny|SocketBindDeny|(Inaccessible|ReadOnly|NoExec)Paths)$`, name)

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

deny_no_plan contains "is no plan: give it what `terraform show -json plan` prints" if not input.planned_values

# A limit that cannot be read would be none.
deny_limits contains sprintf("puma_limits: '%s' must be a number", [name]) if {
	some name in ["removals", "restarts_at_once"]
	not is_number(object.get(data.puma_limits, name, 0))
}

deny_limits contains "puma_limits: 'freezes' must be a list of 'from' and 'to', each such as \"2026-12-20T00:00:00Z\"" if {
	freezes := object.get(data.puma_limits, "freezes", [])
	not are_freezes(freezes)
}

deny_limits contains sprintf("puma_limits: '%s' must be one of removals, restarts_at_once, freezes, except", [name]) if {
	some name, _ in data.puma_limits
	not name in {"removals", "restarts_at_once", "freezes", "except"}
}

are_freezes(freezes) if {
	is_array(freezes)
	every freeze in freezes {
		time.parse_rfc3339_ns(freeze.from) < time.parse_rfc3339_ns(freeze.to)
	}
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
	not lower(value) in {"", "no", "n", "false", "f", "0", "off", "default", "all", "auto"}
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
