#!/bin/sh
# build.sh NAME FOLDER: builds the program that is pinned, with checksums, in the folder NAME beside.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$2"
# The sources come from the module proxy, so there is no version control to stamp a build with.
go build -C "$here/$1" -mod=readonly -buildvcs=false -trimpath -ldflags "-s -w" -o "$2/$1" tool
