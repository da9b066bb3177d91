#!/bin/sh
# every.sh LIST TEST_EVERY UNIT_TEST...: what the unit tests treat, once more.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
list=$1 every=$2
shift 2
for one; do
	FUZZ_SEEDS=$folder "$one" >/dev/null || true	# they fail by themselves
done
"$every" "$folder" "$list"
