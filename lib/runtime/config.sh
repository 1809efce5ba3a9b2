# shellcheck shell=sh
# Whether Puma loads a configuration file that the service declares: asked of the Puma that its command starts, by the same run of
# that command with --version. What is loaded there is read and evaluated, and binds nothing.

# Sets found to the configuration file, if the service declares it.
declared_config() {
  found=${PUMA_READABLE_FILES#"configFile "}
  found=${found%%"
"*}
  case $PUMA_READABLE_FILES in
    "configFile "*) is_declared "$found" || found='' ;;
    *) found='' ;;
  esac
}

# Whether there is one, and it is about to change.
has_new_config() {
  declared_config
  [ -n "$found" ] && differs "$found"
}

# Ruby runs it at the end of a process in which it has loaded Puma's command line, whichever way it came to that.
write_config_check() {
  declared_config
  [ -n "$found" ] || return 0
  cat >"$CONFIG_CHECK" <<EOT
at_exit do
  if defined?(Puma::CLI)
    file = "$found"
    said =
      begin
        require "puma/configuration"
        config = Puma::Configuration.new({ config_files: [file] }, {})
        config.load
        config.clamp
        "loads"
      rescue Exception => e
        place = (e.backtrace_locations || []).find { |one| one.path == file }
        words = e.message.sub(/#<Puma::DSL.*>/m, "Puma's configuration").lines.map(&:strip).reject(&:empty?).first(4).join(" ")
        "refuses #{"line #{place.lineno}: " if place}#{words} (#{e.class})"
      end
    \$stderr.write("\nconfiguration: #{said}\n")
  end
end
EOT
  chmod 644 "$CONFIG_CHECK"
}

# Sets found to the beginning of a script that has it done, where the application's user can read it.
with_config_check() {
  declared_config
  # shellcheck disable=SC2016 # its own variables
  [ -z "$found" ] || found='[ ! -r '"$CONFIG_CHECK"' ] || export RUBYOPT="-r'"$CONFIG_CHECK"'${RUBYOPT:+ $RUBYOPT}"; '
}

# What Puma has said of it, in the answer of the command.
judge_config() {
  local file words
  declared_config
  [ -n "$found" ] || return 0
  file=$found
  words=$(sed -n 's/^configuration: //p' "$STAGE/version" | tail -n 1)
  case $words in
    loads) ;;
    "refuses "*) problem "Puma does not load $file: $(printable "${words#refuses }") ('files')" ;;
    *) ! has_new_config || say "note: nobody could tell whether Puma loads $file: the command starts no Ruby that goes by RUBYOPT ('command')" ;;
  esac
}
