# SPDX-License-Identifier: GPL-2.0-or-later

# What the annotations cannot say: which functions there are, and which of them are engaged.
_killswitch() {
	_complete_killswitch
	local word=${COMP_WORDS[COMP_CWORD]}
	case ${COMP_WORDS[1]-} in
	disengage | keep | show | set | enforce | watch)
		local engaged=$(cd /sys/kernel/security/killswitch 2>/dev/null && { cut -d' ' -f1 engaged pending; ls fn; } 2>/dev/null | sort -u)
		[[ $word == -* ]] || COMPREPLY+=($(compgen -W "$engaged" -- "$word"))
		;;
	engage | observe)
		[[ $word == ?* && $word != -* ]] &&
			COMPREPLY+=($(awk -v p="$word" '$2 ~ /^[Tt]$/ && index($3, p) == 1 { print $3 }' /proc/kallsyms))
		;;
	esac
}
complete -F _killswitch -o default killswitch
