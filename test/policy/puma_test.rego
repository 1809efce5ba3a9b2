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

test_root_of_a_user_s_own_systemd if {
	removal := {
		"address": `terraform_data.puma_removals["web@web1"]`,
		"type": "terraform_data",
		"name": "puma_removals",
		"change": {"actions": ["create"], "before": null, "after": {"input": {"service": "web", "name": "web1", "scope": "user"}}},
	}
	whole := {"resource_changes": array.concat(created([]).resource_changes, [removal])}
	count(puma.deny_root) == 0 with input as whole
}

test_memory_max if {
	count(puma.deny_memory_max) == 0 with input as created(["MemoryMax=1G"])
	every lines in [[], ["MemoryMax="], ["MemoryMax=infinity"], ["MemoryMaxx=1G"]] {
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
