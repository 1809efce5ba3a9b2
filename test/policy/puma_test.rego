package puma_test

import data.puma

service(lines) := {"triggers_replace": {"web.service: restarts Puma (hot)": lines, "web.service: no restart": []}}

plan(before, after) := {"resource_changes": [{
	"address": "terraform_data.puma_web",
	"type": "terraform_data",
	"name": "puma_web",
	"change": {"actions": ["update"], "before": before, "after": after},
}]}

created(lines) := plan(null, service(lines))

changed(before, after) := plan(service(before), service(after))

# What a policy is about, and units that it takes and refuses.
test_root if {
	every lines in [["User=deploy"], ["User=root", "User=deploy"], ["DynamicUser=yes"]] {
		count(puma.deny_root) == 0 with input as created(lines)
	}
	every lines in [[], ["User="], ["User=0"], ["User=deploy", "User=root"], ["DynamicUser=no"], ["# User=deploy"]] {
		puma.deny_root == {"web.service: runs as root; give the service a 'user' without privileges"} with input as created(lines)
	}
}

test_root_by_name_is_no_dynamic_user if {
	count(puma.deny_root) == 1 with input as created(["DynamicUser=yes", "User=root"])
}

test_root_of_a_user_s_own_systemd if {
	ended := "ExecStopPost=+-/bin/sh %h/.local/state/cdktf-puma/web/ended.sh web"
	count(puma.deny_root) == 0 with input as created([ended])

	# Of the machine's own systemd there may be another one of the name.
	count(puma.deny_root) == 1 with input as created(["ExecStopPost=+-/bin/sh /var/lib/cdktf-puma/web/ended.sh web"])
}

test_memory_max if {
	count(puma.deny_memory_max) == 0 with input as created(["MemoryMax=1G"])
	every lines in [[], ["MemoryMax="], ["MemoryMax=infinity"], ["MemoryMax=100%"], ["MemoryMaxx=1G"]] {
		count(puma.deny_memory_max) == 1 with input as created(lines)
	}
}

test_new_privileges if {
	every value in ["true", "yes", "on", "1"] {
		count(puma.deny_new_privileges) == 0 with input as created([sprintf("NoNewPrivileges=%s", [value])])
	}
	every lines in [[], ["NoNewPrivileges=false"], ["NoNewPrivileges=yes", "NoNewPrivileges=no"]] {
		count(puma.deny_new_privileges) == 1 with input as created(lines)
	}
}

test_hardening if {
	every after in [["ProtectSystem=full", "PrivateTmp=yes"], ["ProtectSystem=strict", "PrivateTmp=true", "User=app"]] {
		count(puma.deny_hardening) == 0 with input as changed(["ProtectSystem=strict", "PrivateTmp=true", "User=deploy"], after)
	}
	puma.deny_hardening == {
		"web.service: switches hardening off: was ProtectSystem=strict, is not set",
		"web.service: switches hardening off: was PrivateTmp=true, is PrivateTmp=no",
	} with input as changed(["ProtectSystem=strict", "PrivateTmp=true"], ["PrivateTmp=no"])
	count(puma.deny_hardening) == 0 with input as changed(["PrivateTmp=no"], [])
	count(puma.deny_hardening) == 0 with input as created([])
}

test_hardening_by_sets if {
	count(puma.deny_hardening) == 0 with input as changed(["CapabilityBoundingSet=CAP_CHOWN"], ["CapabilityBoundingSet="])
	count(puma.deny_hardening) == 0 with input as changed(["SystemCallFilter=@system-service"], ["SystemCallFilter=@system-service", "SystemCallFilter=~@resources"])
	every after in [[], ["CapabilityBoundingSet=~"], ["CapabilityBoundingSet=", "CapabilityBoundingSet=~"]] {
		count(puma.deny_hardening) == 1 with input as changed(["CapabilityBoundingSet="], after)
	}
	count(puma.deny_hardening) == 1 with input as changed(["SystemCallFilter=@system-service"], ["SystemCallFilter="])
	count(puma.deny_hardening) == 1 with input as changed(["ProtectProc=invisible"], ["ProtectProc=default"])
}

test_hardening_of_what_lets_more_be_seen_or_reached if {
	every line in ["ProcSubset=pid", "DevicePolicy=closed", "IPAddressDeny=any", "InaccessiblePaths=/srv/other"] {
		count(puma.deny_hardening) == 1 with input as changed([line], [])
	}
	count(puma.deny_hardening) == 1 with input as changed(["ProcSubset=pid"], ["ProcSubset=all"])
	count(puma.deny_hardening) == 1 with input as changed(["DevicePolicy=closed"], ["DevicePolicy=auto"])

	# Without it, what is filtered ends the process.
	count(puma.deny_hardening) == 0 with input as changed(["SystemCallErrorNumber=EPERM"], [])
}

test_hardening_of_a_service_that_changes_its_name if {
	before := {"triggers_replace": {"shop.service: restarts Puma (hot)": ["ProtectSystem=strict"]}}
	puma.deny_hardening == {"web.service: switches hardening off: was ProtectSystem=strict, is not set"} with input as plan(before, service([]))
}

drop_in(lines) := {"triggers_replace": {"mastodon-web.service.d/60-tuning.conf: no restart": lines}}

test_drop_ins if {
	file := "mastodon-web.service.d/60-tuning.conf"
	every lines in [["User=root"], ["User="]] {
		puma.deny_root == {sprintf("%s: has the unit run as root", [file])} with input as plan(null, drop_in(lines))
	}
	every lines in [[], ["User=deploy"], ["MemoryMax=1G", "ProtectSystem=strict"]] {
		count(((puma.deny_root | puma.deny_hardening) | puma.deny_memory_max)) == 0 with input as plan(null, drop_in(lines))
	}
	puma.deny_hardening == {sprintf("%s: switches hardening off that its unit may have: ProtectSystem=no", [file])} with input as plan(null, drop_in(["ProtectSystem=no"]))
	puma.deny_hardening == {sprintf("%s: switches hardening off: was ProtectSystem=full, is not set", [file])} with input as plan(drop_in(["ProtectSystem=full"]), drop_in([]))
	puma.deny_hardening == {sprintf("%s: switches hardening off: was ProtectSystem=full, is ProtectSystem=no", [file])} with input as plan(drop_in(["ProtectSystem=full"]), drop_in(["ProtectSystem=no"]))
	limits := {"except": {file: ["root", "hardening"]}}
	count(puma.deny_root | puma.deny_hardening) == 0 with input as plan(null, drop_in(["User=root", "ProtectSystem=no"])) with data.puma_limits as limits
}

test_exceptions if {
	limits := {"except": {"web.service": ["root", "memory_max", "new_privileges"]}}
	count(puma.deny_root) == 0 with input as created([]) with data.puma_limits as limits
	count(puma.deny_memory_max) == 0 with input as created([]) with data.puma_limits as limits
	count(puma.deny_new_privileges) == 0 with input as created([]) with data.puma_limits as limits
	others := {"except": {"api.service": ["root"], "web.service": ["memory_max"]}}
	count(puma.deny_root) == 1 with input as created([]) with data.puma_limits as others
}

removal(host, service, actions) := {
	"address": sprintf(`terraform_data.puma_removals["%s@%s"]`, [service, host]),
	"type": "terraform_data",
	"name": "puma_removals",
	"change": {
		"actions": actions,
		"before": {"input": {"name": host, "service": service}},
		"after": {"input": {"name": host, "service": service}},
	},
}

test_removals if {
	one := [removal("web1", "web", ["delete"]), removal("web2", "web", ["no-op"])]
	two := array.concat(one, [removal("web3", "web", ["delete"])])
	renamed := array.concat(two, [removal("web1", "shop", ["create"]), removal("web3", "shop", ["create"])])
	count(puma.deny_removals) == 0 with input as {"resource_changes": one}
	puma.deny_removals == {"2 hosts lose a service (web1, web3), and one plan may take it from 1: is it the right list of hosts?"} with input as {"resource_changes": two}
	count(puma.deny_removals) == 0 with input as {"resource_changes": renamed}
	count(puma.deny_removals) == 0 with input as {"resource_changes": two} with data.puma_limits as {"removals": 2}
	count(puma.deny_removals) == 1 with input as {"resource_changes": one} with data.puma_limits as {"removals": 0}
}

test_removals_of_more_than_comes if {
	gone := [removal(host, name, ["delete"]) | some host in ["web1", "web2"]; some name in ["web", "jobs"]]
	one := array.concat(gone, [removal(host, "shop", ["create"]) | some host in ["web1", "web2"]])
	count(puma.deny_removals) == 1 with input as {"resource_changes": one}
	both := array.concat(one, [removal(host, "batch", ["create"]) | some host in ["web1", "web2"]])
	count(puma.deny_removals) == 0 with input as {"resource_changes": both}
}

# A rollout over hosts, each with the barrier that it waits for, of which a trigger changes.
rollout(barriers, trigger, actions) := {
	"resource_changes": array.concat(created(["User=deploy"]).resource_changes, [host |
		some i, _ in barriers
		host := {
			"address": sprintf("null_resource.puma_web_on_web%d", [i]),
			"type": "null_resource",
			"change": {
				"actions": actions,
				"before": {"triggers": {"host": sprintf("web%d", [i]), trigger: "a"}},
				"after": {"triggers": {"host": sprintf("web%d", [i]), trigger: "b"}},
			},
		}
	]),
	"configuration": {"root_module": {"resources": [configured |
		some i, barrier in barriers
		configured := {
			"address": sprintf("null_resource.puma_web_on_web%d", [i]),
			"depends_on": [barrier],
			"expressions": {"triggers": {"references": ["local.puma_web_triggers"]}},
		}
	]}},
}

replaced := ["create", "delete"]

at_once := ["terraform_data.pumas_by_host", "terraform_data.pumas_by_host", "terraform_data.pumas_by_host"]

test_all_at_once if {
	limits := {"restarts_at_once": 2}
	puma.deny_all_at_once == {"puma_web: restarts on 3 hosts at once (web0, web1, web2), and may on 2: give the service a 'rollout' with batches"} with input as rollout(at_once, "web.service", replaced)
		with data.puma_limits as limits
	batched := ["terraform_data.pumas_by_host", "local.puma_web_batch_1", "local.puma_web_batch_1"]
	count(puma.deny_all_at_once) == 0 with input as rollout(batched, "web.service", replaced) with data.puma_limits as limits
	count(puma.deny_all_at_once) == 1 with input as rollout(batched, "web.service", replaced) with data.puma_limits as {"restarts_at_once": 1}
	count(puma.deny_all_at_once) == 0 with input as rollout(at_once, "web.service", replaced)
}

test_what_restarts_nothing_may_change_everywhere if {
	limits := {"restarts_at_once": 1}
	every trigger in ["web.service: no restart", "address", "start_on"] {
		count(puma.deny_all_at_once) == 0 with input as rollout(at_once, trigger, replaced) with data.puma_limits as limits
	}
	every actions in [["create"], ["no-op"], ["delete"]] {
		count(puma.deny_all_at_once) == 0 with input as rollout(at_once, "web.service", actions) with data.puma_limits as limits
	}
	every actions in [["create", "delete"], ["delete", "create"]] {
		count(puma.deny_all_at_once) == 1 with input as rollout(at_once, "web.service", actions) with data.puma_limits as limits
	}
	count(puma.deny_all_at_once) == 1 with input as rollout(at_once, "drift", replaced) with data.puma_limits as limits
}

test_the_mode_of_a_restart_is_the_one_to_be if {
	waits := {"triggers_replace": {"web.service: left for Puma's next restart (none)": []}}
	limits := {"restarts_at_once": 1}
	plain := rollout(at_once, "web.service", replaced)
	hosts := array.slice(plain.resource_changes, 1, 4)
	waiting := object.union(plain, {"resource_changes": array.concat(plan(service([]), waits).resource_changes, hosts)})
	restarting := object.union(plain, {"resource_changes": array.concat(plan(waits, service([])).resource_changes, hosts)})
	count(puma.deny_all_at_once) == 0 with input as waiting with data.puma_limits as limits
	count(puma.deny_all_at_once) == 1 with input as restarting with data.puma_limits as limits
}

test_what_goes_restarts_as_was_said_of_it if {
	both := {"triggers_replace": {"web.service: no restart": [], "web.socket: closes its sockets and opens them again, restarts Puma": []}}
	plain := rollout(at_once, "web.socket", replaced)
	hosts := array.slice(plain.resource_changes, 1, 4)
	closing := object.union(plain, {"resource_changes": array.concat(plan(both, service([])).resource_changes, hosts)})
	count(puma.deny_all_at_once) == 1 with input as closing with data.puma_limits as {"restarts_at_once": 1}
}

test_what_is_not_in_the_plan_may_restart if {
	plain := rollout(at_once, "web.service", replaced)
	some_of_it := object.union(plain, {"resource_changes": array.slice(plain.resource_changes, 1, 4)})
	count(puma.deny_all_at_once) == 1 with input as some_of_it with data.puma_limits as {"restarts_at_once": 1}
}

# A service on three hosts whose triggers change from some to others.
triggered(before, after) := object.union(rollout(at_once, "none", replaced), {"resource_changes": array.concat(
	created(["User=deploy"]).resource_changes,
	[host |
		some i in [0, 1, 2]
		host := {
			"address": sprintf("null_resource.puma_web_on_web%d", [i]),
			"type": "null_resource",
			"change": {
				"actions": replaced,
				"before": {"triggers": object.union(before, {"host": sprintf("web%d", [i])})},
				"after": {"triggers": object.union(after, {"host": sprintf("web%d", [i])})},
			},
		}
	],
)})

test_stops_count_and_starts_do_not if {
	limits := {"restarts_at_once": 1}
	count(puma.deny_all_at_once) == 1 with input as triggered({}, {"ensure": "stopped"}) with data.puma_limits as limits
	count(puma.deny_all_at_once) == 0 with input as triggered({"ensure": "stopped"}, {}) with data.puma_limits as limits
}

test_a_socket_that_goes_restarts_whatever_the_mode_is if {
	limits := {"restarts_at_once": 1}
	count(puma.deny_all_at_once) == 1 with input as triggered({"web.socket": "a"}, {}) with data.puma_limits as limits
	stopped := {"ensure": "stopped"}
	both := object.union(stopped, {"web.socket": "a"})
	count(puma.deny_all_at_once) == 0 with input as triggered(both, stopped) with data.puma_limits as limits
}

# As where its address comes from a machine that is to be created.
test_a_host_of_which_the_plan_does_not_know_the_triggers_counts if {
	unknown := {"resource_changes": [object.union(one, {"change": {"after": {"triggers": null}}}) |
		some one in triggered({}, {"ensure": "stopped"}).resource_changes
		one.type == "null_resource"
	]}
	whole := object.union(triggered({}, {}), unknown)
	count(puma.deny_all_at_once) == 1 with input as whole with data.puma_limits as {"restarts_at_once": 1}
}

test_what_is_no_plan if {
	count(puma.deny_no_plan) == 1 with input as {"format_version": "1.0", "values": {}}
	count(puma.deny_no_plan) == 0 with input as {"format_version": "1.2", "planned_values": {"root_module": {}}}
}

test_limits if {
	period := {"from": "2026-12-20T00:00:00Z", "to": "2027-01-02T00:00:00Z"}
	count(puma.deny_limits) == 0
	count(puma.deny_limits) == 0 with data.puma_limits as {"removals": 2, "restarts_at_once": 3, "freezes": [period], "except": {"web.service": ["root"]}}
	every limits in [
		{"removals": "2"},
		{"restarts_at_once": "all"},
		{"freeze": [period]},
		{"freezes": period},
		{"freezes": "2026-12-20"},
		{"freezes": [{"from": "2026-12-20", "to": "2027-01-02"}]},
		{"freezes": [{"from": "2026-12-20T00:00:00Z"}]},
		{"freezes": [{"from": period.to, "to": period.from}]},
	] {
		count(puma.deny_limits) == 1 with data.puma_limits as limits
	}
}

test_freeze if {
	limits := {"freezes": [{"from": "2026-12-20T00:00:00Z", "to": "2027-01-02T00:00:00Z"}]}
	moments := {
		"2026-12-19T23:59:59Z": 0,
		"2026-12-20T00:00:00Z": 1,
		"2027-01-01T23:59:59Z": 1,
		"2027-01-02T00:00:00Z": 0,
	}
	every moment, denied in moments {
		count(puma.deny_freeze) == denied with input as rollout(at_once, "web.service", replaced)
			with data.puma_limits as limits
			with time.now_ns as time.parse_rfc3339_ns(moment)
	}
	count(puma.deny_freeze) == 0 with input as rollout(at_once, "web.service: no restart", replaced)
		with data.puma_limits as limits
		with time.now_ns as time.parse_rfc3339_ns("2026-12-24T00:00:00Z")
	count(puma.deny_freeze) == 0 with input as rollout(at_once, "web.service", replaced)
}
