#!/bin/sh
# build.sh provider VERSION FOLDER | build.sh tofu FOLDER: builds what is pinned, with checksums, in the folders beside.
set -eu
here=$(cd "$(dirname "$0")" && pwd)

# The sources come from the module proxy, so there is no version control to stamp a build with.
build() { go build -C "$here/$1" -mod=readonly -buildvcs=false -trimpath -ldflags "$2" -o "$3" tool; }

# The layout that a filesystem_mirror wants, for the registry of each engine.
provider() {
  target=$(go env GOOS)_$(go env GOARCH)
  for registry in registry.terraform.io registry.opentofu.org; do
    mkdir -p "$2/$registry/hashicorp/null/$1/$target"
  done
  file=hashicorp/null/$1/$target/terraform-provider-null_v$1
  build null-provider "-s -w" "$2/registry.terraform.io/$file"
  cp "$2/registry.terraform.io/$file" "$2/registry.opentofu.org/$file"
}

tofu() {
  mkdir -p "$1"
  build opentofu "-s -w -X github.com/opentofu/opentofu/version.dev=no" "$1/tofu"
}

"$@"
