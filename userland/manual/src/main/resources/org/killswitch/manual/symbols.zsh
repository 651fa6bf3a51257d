# SPDX-License-Identifier: GPL-2.0-or-later

# What the annotations cannot say: which functions there are, and which of them are engaged.
_killswitch_engaged() {
	compadd -- ${(f)"$(cd /sys/kernel/security/killswitch 2>/dev/null && { cut -d' ' -f1 engaged pending; ls fn; } 2>/dev/null | sort -u)"}
}

_killswitch_functions() {
	[[ -z $PREFIX ]] ||
		compadd -- ${(f)"$(awk -v p="$PREFIX" '$2 ~ /^[Tt]$/ && index($3, p) == 1 { print $3 }' /proc/kallsyms)"}
}

_killswitch "$@"
