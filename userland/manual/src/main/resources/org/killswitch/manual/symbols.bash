
# What the annotations cannot say: which functions there are, and which of them are engaged.
_killswitch() {
	_complete_killswitch
	local word=${COMP_WORDS[COMP_CWORD]}
	case ${COMP_WORDS[1]-} in
	disengage)
		local engaged=$(cut -d' ' -f1 /sys/kernel/security/killswitch/engaged 2>/dev/null)
		[[ $word == -* ]] || COMPREPLY+=($(compgen -W "$engaged" -- "$word"))
		;;
	engage)
		[[ $COMP_CWORD == 2 && $word == ?* && $word != -* ]] &&
			COMPREPLY+=($(awk -v p="$word" '$2 ~ /^[Tt]$/ && index($3, p) == 1 { print $3 }' /proc/kallsyms))
		;;
	esac
}
complete -F _killswitch -o default killswitch
