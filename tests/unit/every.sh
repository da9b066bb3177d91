#!/bin/sh
# every.sh TEST_EVERY UNIT_TEST...: what the unit tests treat, once more.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
every=$1
shift
for one; do
	FUZZ_SEEDS=$folder "$one" >/dev/null || true	# they fail by themselves
done
"$every" "$folder"
