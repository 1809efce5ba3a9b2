# METADATA
# description: What a plan says of services, for the policies in puma.rego.
package puma.plan

# Of each service what the plan shows its reader: from the service's id to its lines, as they were and as they are to be.
reviews[one.name] := one.change if {
	some one in input.resource_changes
	one.type == "terraform_data"
	some part in parts_of(one.change)
	regex.match(`^[^/:]+(/[^/:]+)?\.(service|socket|conf): `, part)
}

# Units that stay or come.
units contains {"service": service, "file": file, "before": before, "after": lines(change.after, file)} if {
	some service, change in reviews
	some file in files_of(change.after)
	before := lines(change.before, file_before(change.before, file))
}

# A service's own units, without sockets and drop-ins.
services contains unit if {
	some unit in units
	endswith(unit.file, ".service")
}

# Lines for units of others.
drop_ins contains unit if {
	some unit in units
	endswith(unit.file, ".conf")
}

# Whether it is a unit of a user's own systemd: what such a unit runs is in a home.
is_of_user(unit) if {
	some line in unit.after
	startswith(line, "ExecStopPost=")
	contains(line, " %h/.local/state/cdktf-puma/")
}

# Names of hosts from which more services go than come.
leaving contains host if {
	some host, services in going
	count(services) > count(object.get(coming, host, set()))
}

going[one.change.before.input.name] contains one.address if {
	some one in removals
	one.change.actions == ["delete"]
}

coming[one.change.after.input.name] contains one.address if {
	some one in removals
	one.change.actions == ["create"]
}

# Hosts on which the plan restarts a Puma: of each service, by the batches of its rollout.
# One that is to be kept stopped counts as well.
restarts[service][batch_of(one)] contains one.change.before.triggers.host if {
	some one in input.resource_changes
	one.type == "null_resource"
	"create" in one.change.actions
	"delete" in one.change.actions
	some reference in configured[one.address].expressions.triggers.references
	[_, service] := regex.find_all_string_submatch_n(`^local\.(puma_.+)_triggers$`, reference, 1)[0]
	restarts_puma(service, one)
}

# What of it changed restarts Puma, as the sentence over its lines says.
restarts_puma(service, one) if {
	some trigger in changed_triggers(one.change)
	some sentence in consequences(reviews[service], trigger)
	contains(sentence, "restarts Puma")
}

# What is said of it now, or of what is no more there was said before: the mode may be another one.
consequences(change, trigger) := now if {
	now := sentences(change.after, trigger)
	count(now) > 0
} else := sentences(change.before, trigger)

sentences(side, trigger) := {part |
	some part, _ in side.triggers_replace
	startswith(part, concat("", [trigger, ": "]))
}

# What waits for Puma's next restart cannot wait where a socket goes.
restarts_puma(_, one) if {
	some trigger in changed_triggers(one.change)
	endswith(trigger, ".socket")
	not trigger in object.keys(one.change.after.triggers)
	object.get(one.change.after.triggers, "ensure", "running") == "running"
}

restarts_puma(_, one) if {
	"ensure" in changed_triggers(one.change)
	object.get(one.change.after.triggers, "ensure", "running") == "stopped"
}

# A plan of some resources alone (`-target`) does not say it.
restarts_puma(service, _) if not reviews[service]

# It was edited on the host, the run before has failed, or somebody asks for it by name: a restart cannot be ruled out.
restarts_puma(_, one) if "drift" in changed_triggers(one.change)

restarts_puma(_, one) if count(changed_triggers(one.change)) == 0

changed_triggers(change) := {trigger |
	some side in [change.before, change.after]
	some trigger, _ in side.triggers
	object.get(change.before.triggers, trigger, null) != object.get(change.after.triggers, trigger, null)
}

# Those of a rollout's later batches wait for a barrier, and those of one batch for the same.
batch_of(one) := concat(" ", [to | some to in configured[one.address].depends_on; regex.match(`_batch_\d+$`, to)])

configured[one.address] := one if some one in input.configuration.root_module.resources

removals contains one if {
	some one in input.resource_changes
	regex.match(`^terraform_data\.puma(_unordered)?(_openssh)?_removals\[`, one.address)
}

parts_of(change) := {part | some side in [change.before, change.after]; some part, _ in side.triggers_replace}

# The names of a service's units and drop-ins.
files_of(side) := {file |
	some part, _ in side.triggers_replace
	file := split(part, ": ")[0]
	regex.match(`\.(service|socket|conf)$`, file)
	not startswith(file, "/")
}

# A service has one `.service`, whatever its name was before.
file_before(side, file) := [one | some one in files_of(side); endswith(one, ".service")][0] if endswith(file, ".service")

else := file

# The lines of a unit. What only the apply will know is not among them.
lines(side, file) := [line |
	some part, all in side.triggers_replace
	split(part, ": ")[0] == file
	some line in all
	is_string(line)
]
