#!/bin/sh
# build.sh NAME FOLDER: builds the program that is pinned, with checksums, in the folder NAME beside.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here/$1/go.mod" "$here/$1/go.sum" "$work"

# What a module replaces by ./backends/NAME is in a module of its own, which the proxy does not have: Terraform's backends
# but for local, http and remote. Each becomes the one that keeps a state in memory.
sed -n 's#^replace \([^ ]*\) => \./backends/\(.*\)#\1 \2#p' "$work/go.mod" | while read -r module name; do
  mkdir -p "$work/backends/$name"
  printf 'module %s\n\ngo 1.23\n' "$module" >"$work/backends/$name/go.mod"
  cat >"$work/backends/$name/$name.go" <<EOF
package $name

import (
	"github.com/hashicorp/terraform/internal/backend"
	"github.com/hashicorp/terraform/internal/backend/remote-state/inmem"
)

func New() backend.Backend { return inmem.New() }
EOF
done

mkdir -p "$2"
# The sources come from the module proxy, so there is no version control to stamp a build with.
go build -C "$work" -mod=readonly -buildvcs=false -trimpath \
  -ldflags "-s -w -X github.com/hashicorp/terraform/version.dev=no" -o "$2/$1" tool
