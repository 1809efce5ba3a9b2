# An idle connection that a client keeps may be closed just as it asks; Puma 7 and newer can do without such.
enable_keep_alives false if respond_to?(:enable_keep_alives)
