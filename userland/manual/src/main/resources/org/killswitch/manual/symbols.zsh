
# What the annotations cannot say: which functions there are, and which of them are engaged.
_killswitch_disengage_SYMBOL() {
	compadd -- ${(f)"$(cut -d' ' -f1 /sys/kernel/security/killswitch/engaged 2>/dev/null)"}
}

_killswitch_engage_SYMBOL() {
	[[ -z $PREFIX ]] ||
		compadd -- ${(f)"$(awk -v p="$PREFIX" '$2 ~ /^[Tt]$/ && index($3, p) == 1 { print $3 }' /proc/kallsyms)"}
}

_killswitch "$@"
