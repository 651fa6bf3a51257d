# SPDX-License-Identifier: GPL-2.0-or-later

# What the annotations cannot say: which functions there are, which of them are engaged, and errnos.
_killswitch() {
	_complete_killswitch
	# COMP_WORDS is split at colons
	local word=${COMP_LINE:0:COMP_POINT} names= before= colon= last name
	word=${word##*[[:blank:]]}
	if [[ $word == -E* && ${COMP_WORDS[1]-} =~ ^(engage|set|enforce|check)$ ]]; then
		COMPREPLY=($(compgen -W '@errnos@' -- "$word"))
		return
	fi
	[[ $word == -* ]] && return
	# of names with commas between them, the last
	last=${word##*,}
	before=${word%"$last"}
	case ${COMP_WORDS[1]-} in
	disengage | keep | show | set | enforce | watch)
		names=$(cd /sys/kernel/security/killswitch 2>/dev/null && { cut -d' ' -f1 engaged pending; ls fn; } 2>/dev/null | sort -u)
		;;
	engage | observe | check)
		[[ -z $last ]] || names=$(awk -v p="$last" '@functions@' /proc/kallsyms)
		;;
	bpf)
		[[ ${COMP_WORDS[2]-} != remove ]] || names=$(ls /sys/fs/bpf/killswitch 2>/dev/null)
		;;
	esac
	# bash replaces only what follows the last colon
	[[ $word != *:* || $COMP_WORDBREAKS != *:* ]] || colon=${word%"${word##*:}"}
	for name in $names; do
		if [[ $name == "$last"* ]]; then
			name=$before$name
			COMPREPLY+=("${name#"$colon"}")
		fi
	done
}
complete -F _killswitch -o default killswitch
