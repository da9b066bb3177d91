# Completion of weir in bash: the words that `weir -h` and `weir COMMAND -h`
# list, so that it needs no care.
_weir()
{
	local word=${COMP_WORDS[COMP_CWORD]} first=${COMP_WORDS[1]} help

	case ${COMP_WORDS[COMP_CWORD-1]} in
	-i | --interface)
		COMPREPLY=($(compgen -W "$(ls /sys/class/net)" -- "$word"))
		return ;;
	-r | --read | -c | --config | -s | --store | -b | --base)
		COMPREPLY=($(compgen -f -- "$word"))
		return ;;
	esac
	if [ "$COMP_CWORD" -gt 1 ] && [[ $first != -* ]]; then
		help=$(weir "$first" -h 2>/dev/null)
	else
		help=$(weir -h 2>/dev/null)
	fi
	[ "$first" != doctor ] || help+=$(printf '\n  %s .' $(ls /sys/class/net))
	COMPREPLY=($(compgen -W "$(printf '%s\n' "$help" | sed -nE \
	    's/^ +(-., )?(--[a-z-]+).*/\1\2/p; s/^  ([a-z][a-z0-9-]+) .*/\1/p' |
	    tr -d ,)" -- "$word"))
	[ ${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "$word"))
}
complete -o filenames -F _weir weir
