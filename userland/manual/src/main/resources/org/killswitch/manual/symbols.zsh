# SPDX-License-Identifier: GPL-2.0-or-later

# What the annotations cannot say: which functions there are, which of them are engaged, and errnos.
_killswitch_engaged() {
	compset -P '*,'
	compadd -- ${(f)"$(cd /sys/kernel/security/killswitch 2>/dev/null && { cut -d' ' -f1 engaged pending; ls fn; } 2>/dev/null | sort -u)"}
}

_killswitch_functions() {
	compset -P '*,'
	[[ -z $PREFIX ]] || compadd -- ${(f)"$(awk -v p="$PREFIX" '@functions@' /proc/kallsyms)"}
}

_killswitch_pins() {
	compadd -- ${(f)"$(ls /sys/fs/bpf/killswitch 2>/dev/null)"}
}

# An errno begins like an option.
if [[ $words[2] == (engage|set|enforce|check) && $PREFIX == -E* ]]; then
	compadd -- @errnos@
else
	_killswitch "$@"
fi
