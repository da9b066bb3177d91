#!/bin/sh
# Writes C that puts the given files into the program: embed.sh OUT FILE...
# OUT is written anew each time, so that a change of a file is compiled.
set -eu
exec >"$1"
shift
echo '/* Made by embed.sh. */'
echo '#include "know/catalogue_parts.h"'
i=0
for file; do
	printf '__asm__(".section .rodata\\n.balign 16\\n"\n'
	printf '    "embedded_%d: .incbin \\"%s\\"\\n"\n' $i "$file"
	printf '    "embedded_%d_end: .byte 0\\n.previous\\n");\n' $i
	printf 'extern const char embedded_%d[], embedded_%d_end[];\n' $i $i
	i=$((i + 1))
done
echo 'const struct embedded embedded_files[] = {'
i=0
for file; do
	printf '\t{ "signatures/%s", embedded_%d, embedded_%d_end },\n' \
	    "${file##*/}" $i $i
	i=$((i + 1))
done
printf '\t{ NULL, NULL, NULL }\n};\n'
