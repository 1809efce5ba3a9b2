# S7, S13: false lines in the journal, under the name of the log of runs and with the fields of the service's own lines.
require_relative "attack"

attack(0.05..0.6,
  -> { say_to_journal("SYSLOG_IDENTIFIER" => "cdktf-puma", "MESSAGE" => "cdktf-puma: web by ops: #{false_words}"); did("false line in the journal") },
  -> { say_to_journal("UNIT" => "web.service", "_SYSTEMD_UNIT" => "web.service", "COREDUMP_UNIT" => "web.service", "OBJECT_SYSTEMD_UNIT" => "web.service", "SYSLOG_IDENTIFIER" => "puma", "MESSAGE" => false_words); did("false line in the journal") },
  -> { system("systemctl", "stop", "cdktf-puma-web.service", "web.service", %i[out err] => "/dev/null"); did("attempt to stop a run") },
  -> { system("systemd-run", "--unit=cdktf-puma-web", "true", %i[out err] => "/dev/null"); did("attempt to take the lock of a run") })
