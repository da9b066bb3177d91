#!/bin/sh
# A floor may include its own headers and those of the floors below it;
# dissectors stand on base alone; each library has one door.
set -eu
cd "${1:-.}"
floors="base privacy capture flow infer know track detect alert config"
floors="$floors analysis worker service command"
bad=0
below=""
for floor in $floors; do
	for other in $floors; do
		case " $below $floor " in *" $other "*) continue ;; esac
		if grep -Hn "^#include \"$other/" \
		    sensor/"$floor"/*.[ch] 2>/dev/null; then
			echo "^ $floor must not know $other"
			bad=1
		fi
	done
	below="$below $floor"
	# know stands beside flow and infer, not on them
	if [ "$floor" = know ] && grep -Hn \
	    '^#include "\(capture\|flow\|infer\)/' sensor/know/*.[ch]; then
		echo "^ know stands on base alone"
		bad=1
	fi
done
if grep -Hn '^#include "' dissectors/*.[ch] |
    grep -Ev '"(base/[a-z]+|dissector|list|[a-z0-9_]+)\.h"'; then
	echo "^ dissectors stand on base alone"
	bad=1
fi
for door in pcap.h:capture/capture ndpi:flow/classify \
    maxminddb:know/geo sqlite3:track/store yaml.h:know/yaml; do
	if grep -Hl "#include <.*${door%%:*}" sensor/*.[ch] sensor/*/*.[ch] \
	    dissectors/*.[ch] 2>/dev/null |
	    grep -v "^sensor/${door##*:}[a-z_]*\.[ch]"; then
		echo "^ only sensor/${door##*:} may include ${door%%:*}"
		bad=1
	fi
done
[ "$bad" = 0 ] && echo "floors: all includes go down"
exit $bad
