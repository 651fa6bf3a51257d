#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# killswitch_test.sh [TEST]...
#
# Test killswitch on the running kernel: engage functions, observe what callers get, disengage.
# Needs root, the killswitch module loaded, and the programs next to this script ("make").
# TAP on the standard output; exit status 0 passed, 1 failed, 4 skipped (nothing could be tested).
#
# It is meant for hosts in use: it starts only if nothing is engaged, undoes what it has done however
# it ends, and engages functions of AF_ALG and IPsec, for a moment, only if nobody uses them.
#
#   TEST_KILLSWITCH_KO       the module to test on, if test_killswitch is not loaded and not in ../kernel
#   KILLSWITCH_TEST_CYCLES   how often to engage and disengage a function under load (10)
#   KILLSWITCH_TEST_DISRUPT  1: test AF_ALG and IPsec even if they are in use

here=$(cd "$(dirname "$0")" && pwd)
ks=/sys/kernel/security/killswitch
fire=/sys/kernel/debug/test_killswitch/fire
fn=$ks/fn/ks_test_vuln
who=' uid=0 auid=[0-9]* ses=[0-9]* comm=kwrite'

tests="
files
engage_and_disengage
hits_are_exact
retval_is_live
numbers_in_c_notation
probe_aborts
probe_commits
probe_is_cancelled
probe_of_no_time
expires
kept
waits_for_its_module
survives_its_module
engaged_twice
unknown_function
ambiguous_name
module_qualified_name
unsuitable_function
malformed_commands
stale_descriptors
privilege
disengage_all
ftrace_stays_on
function_without_ftrace_site
cycles_under_load
cve_2026_31431
cve_2026_43284
"

# ---- helpers: every test starts with failed and skipped empty, and says in them how it went

say() {
	printf '%s\n' "$*" | sed 's/^/# /'
}

fail() {
	say "$*"
	failed=1
}

# want WHAT EXPECTED ACTUAL
want() {
	[ "$2" = "$3" ] && return
	fail "$1: expected \"$2\", got \"$3\""
	return 1
}

# want_log PATTERN: is it a line of killswitch since log_mark?
want_log() {
	killswitch_log | grep -q -x -e "killswitch: $1" || {
		fail "no such line in the kernel log: killswitch: $1"
		killswitch_log | sed 's/^/#   /'
	}
}

marks=0
log_mark() {
	marks=$((marks + 1))
	mark="killswitch selftest mark $$.$marks"
	echo "<6>$mark" >/dev/kmsg
}

killswitch_log() {
	dmesg | awk -v mark="$mark" 'seen; index($0, mark) { seen = 1 }' |
		sed -n 's/^\(\[[^]]*\] *\)*\(killswitch: .*\)$/\2/p'
}

# wait_until SECONDS COMMAND...
wait_until() {
	deadline=$(($(date +%s) + $1))
	shift
	until "$@" 2>/dev/null; do
		[ "$(date +%s)" -lt "$deadline" ] || return 1
		sleep 0.1 2>/dev/null || sleep 1
	done
}

# control COMMAND: prints "ok BYTES" or the name of the errno
control() {
	printf '%s' "$1" | "$here/kwrite" "$ks/control"
}

call() {
	printf '%s' "$1" | "$here/kwrite" "$fire"
}

# Our engagements are disengaged at the end of the test, others never.
ours=

# command_owned COMMAND: carry it out; what it engages is ours. Sets result.
command_owned() {
	owned=$(echo "$1" | awk '$1 ~ /^(try)?engage(for)?$/ { print $2 }')
	ours="$owned $ours"
	result=$(control "$1")
	case $result in
	ok*) ;;
	*) ours=${ours#"$owned "} ;;
	esac
}

# begin COMMAND: an engage or tryengage that is to succeed
begin() {
	command_owned "$1"
	want "$1" "ok ${#1}" "$result"
}

end() {
	want "disengage $1" "ok $((10 + ${#1}))" "$(control "disengage $1")"
}

# refused ERRNO COMMAND
refused() {
	engaged_before=$(cat "$ks/engaged")
	command_owned "$2"
	want "$2" "$1" "$result"
	want "engaged, after the refusal of $2" "$engaged_before" "$(cat "$ks/engaged")"
}

end_ours() {
	for symbol in $ours; do
		if [ -d "$ks/fn/$symbol" ] || grep -q "^$symbol " "$ks/pending"; then
			control "disengage $symbol" >/dev/null
		fi
	done
	ours=
}

untouched() {
	want "the call with 0xC0FFEE, not overridden" EBADMSG "$(call 0xC0FFEE)"
	want "the call with 1, not overridden" "ok 1" "$(call 1)"
}

# overridden ERRNO
overridden() {
	want "the call with 0xC0FFEE, overridden" "$1" "$(call 0xC0FFEE)"
	want "the call with 1, overridden" "$1" "$(call 1)"
}

# ---- the tests

test_files() {
	begin "engage ks_test_vuln -1" || return
	want "modes and owners" "200 0 control
444 0 engaged
444 0 locked
444 0 pending
444 0 sealed
444 0 taint
400 0 fn/ks_test_vuln/backend
400 0 fn/ks_test_vuln/hits
400 0 fn/ks_test_vuln/reason
600 0 fn/ks_test_vuln/retval
400 0 fn/ks_test_vuln/state
400 0 fn/ks_test_vuln/timeout_left" "$(cd "$ks" && stat -c '%a %u %n' control engaged locked pending sealed taint fn/ks_test_vuln/*)"
	want taint 1 "$(cat "$ks/taint")"
	want sealed 0 "$(cat "$ks/sealed")"
	want engaged "ks_test_vuln retval=-1 hits=0" "$(cat "$ks/engaged")"
	want retval -1 "$(cat "$fn/retval")"
	want hits 0 "$(cat "$fn/hits")"
	want state engaged "$(cat "$fn/state")"
	want timeout_left 0 "$(cat "$fn/timeout_left")"
	# not every kernel has the direct way
	[ "$(cat "$fn/backend")" = "$(cat /sys/module/killswitch/parameters/backend)" ] ||
		want backend ftrace "$(cat "$fn/backend")"
	for file in "$ks/engaged" "$ks/taint" "$fn"/*; do
		want "newlines in $file" 1 "$(wc -l <"$file")"
	done
	end ks_test_vuln
	want "fn/, with nothing engaged" "" "$(ls "$ks/fn")"
	want "engaged, with nothing engaged" "" "$(cat "$ks/engaged")"
}

test_engage_and_disengage() {
	untouched
	log_mark
	begin "engage ks_test_vuln -1" || return
	overridden EPERM
	end ks_test_vuln
	untouched
	want_log "engage ks_test_vuln=-1$who"
	want_log "disengage ks_test_vuln hits=2$who"
	begin "engage ks_test_vuln -13" || return
	overridden EACCES
	end ks_test_vuln
	untouched
}

test_hits_are_exact() {
	untouched
	begin "engage ks_test_vuln -1" || return
	for i in 1 2 3 4 5; do
		want "call $i" EPERM "$(call 0xC0FFEE)"
	done
	want hits 5 "$(cat "$fn/hits")"
	want engaged "ks_test_vuln retval=-1 hits=5" "$(cat "$ks/engaged")"
	end ks_test_vuln
	untouched
	begin "engage ks_test_vuln -1" || return
	want "hits, engaged again" 0 "$(cat "$fn/hits")"
}

test_retval_is_live() {
	begin "engage ks_test_vuln -1" || return
	overridden EPERM
	log_mark
	want "a write to retval" "ok 4" "$(echo -13 | "$here/kwrite" "$fn/retval")"
	want retval -13 "$(cat "$fn/retval")"
	overridden EACCES
	want_log "retval ks_test_vuln=-13 was=-1$who"
	want "a write to retval" "ok 1" "$(printf 0 | "$here/kwrite" "$fn/retval")"
	want "the call with 0xC0FFEE, made to succeed" "ok 8" "$(call 0xC0FFEE)"
	for word in "" x 1.5 "1 2" -; do
		want "a write of \"$word\" to retval" EINVAL "$(printf '%s' "$word" | "$here/kwrite" "$fn/retval")"
	done
	want "a write of 2^63 to retval" ERANGE "$(printf 9223372036854775808 | "$here/kwrite" "$fn/retval")"
	want "retval, after refusals" 0 "$(cat "$fn/retval")"
	want "hits" 5 "$(cat "$fn/hits")"
}

test_numbers_in_c_notation() {
	for number in -13 -0xd -015; do
		begin "engage ks_test_vuln $number" || return
		want "engaged with $number" "ks_test_vuln retval=-13 hits=0" "$(cat "$ks/engaged")"
		overridden EACCES
		end ks_test_vuln
	done
	for number in 9223372036854775807 -9223372036854775808; do
		begin "engage ks_test_vuln $number" || return
		want "engaged with $number" "ks_test_vuln retval=$number hits=0" "$(cat "$ks/engaged")"
		end ks_test_vuln
	done
	begin "  engage 	ks_test_vuln  	-13 	" || return
	overridden EACCES
}

test_probe_aborts() {
	log_mark
	begin "tryengage ks_test_vuln -1 2" || return
	want state probing "$(cat "$fn/state")"
	untouched
	want hits 2 "$(cat "$fn/hits")"
	wait_until 20 test ! -e "$fn" || fail "a probe of 2 s is still there after 20 s"
	untouched
	want engaged "" "$(cat "$ks/engaged")"
	want_log "tryengage ks_test_vuln=-1 timeout=2s$who"
	want_log "tryengage ks_test_vuln aborted: hits=2 during 2s probe"
}

state_is() {
	[ "$(cat "$fn/state")" = "$1" ]
}

test_probe_commits() {
	log_mark
	begin "tryengage ks_test_vuln -1 2" || return
	case $(cat "$fn/timeout_left") in
	1 | 2) ;;
	*) fail "timeout_left of a probe of 2 s: $(cat "$fn/timeout_left")" ;;
	esac
	want state probing "$(cat "$fn/state")"
	if ! wait_until 20 state_is engaged; then
		fail "a probe of 2 s is not committed after 20 s"
		return
	fi
	overridden EPERM
	want timeout_left 0 "$(cat "$fn/timeout_left")"
	want engaged "ks_test_vuln retval=-1 hits=2" "$(cat "$ks/engaged")"
	want_log "tryengage ks_test_vuln committed: 0 hits in 2s"
}

test_probe_is_cancelled() {
	begin "tryengage ks_test_vuln -1 86400" || return
	want state probing "$(cat "$fn/state")"
	refused EBUSY "engage ks_test_vuln -13"
	end ks_test_vuln
	untouched
	begin "engage ks_test_vuln -13" || return
	overridden EACCES
}

test_probe_of_no_time() {
	begin "tryengage ks_test_vuln -1 0" || return
	want state engaged "$(cat "$fn/state")"
	overridden EPERM
}

test_expires() {
	log_mark
	begin "engagefor ks_test_vuln -1 2" || return
	want state expiring "$(cat "$fn/state")"
	case $(cat "$fn/timeout_left") in
	1 | 2) ;;
	*) fail "timeout_left of a countdown of 2 s: $(cat "$fn/timeout_left")" ;;
	esac
	overridden EPERM
	wait_until 20 test ! -e "$fn" || fail "a countdown of 2 s is still there after 20 s"
	untouched
	want engaged "" "$(cat "$ks/engaged")"
	want_log "engagefor ks_test_vuln=-1 timeout=2s$who"
	want_log "engagefor ks_test_vuln expired hits=2 after 2s"
}

test_kept() {
	log_mark
	begin "engagefor ks_test_vuln -1 2" || return
	want "keep" "ok 17" "$(control "keep ks_test_vuln")"
	want state engaged "$(cat "$fn/state")"
	sleep 4
	overridden EPERM
	refused EINVAL "keep ks_test_vuln"
	want_log "keep ks_test_vuln$who"
	end ks_test_vuln
	refused ENOENT "keep ks_test_vuln"
}

test_waits_for_its_module() {
	# no kernel will ever load it
	log_mark
	begin "engage ks_no_such_module:f -1" || return
	want pending "ks_no_such_module:f retval=-1 module=ks_no_such_module" "$(cat "$ks/pending")"
	want engaged "" "$(cat "$ks/engaged")"
	want_log "engage ks_no_such_module:f=-1$who"
	want_log "ks_no_such_module:f pending: it arms when module ks_no_such_module loads"
	refused EBUSY "engage ks_no_such_module:f -13"
	refused ENOENT "tryengage ks_no_such_module:g -1 5"
	refused ENOENT "engage test_killswitch:ks_no_such_function -1"
	end ks_no_such_module:f
	want pending "" "$(cat "$ks/pending")"
	begin "engagefor ks_no_such_module:f -1 2" || return
	wait_until 20 nothing_pending || fail "a countdown of 2 s is still pending after 20 s"
}

nothing_pending() {
	[ -z "$(cat "$ks/pending")" ]
}

test_survives_its_module() {
	if [ -z "$loaded" ]; then
		skipped="test_killswitch was loaded already, so this script does not unload it"
		return
	fi
	log_mark
	begin "engage ks_test_vuln -1" || return
	overridden EPERM
	rmmod test_killswitch || {
		fail "test_killswitch cannot be unloaded"
		return
	}
	want pending "ks_test_vuln retval=-1 module=test_killswitch" "$(cat "$ks/pending")"
	want engaged "" "$(cat "$ks/engaged")"
	want "fn/, with nothing engaged" "" "$(ls "$ks/fn")"
	load_test_module
	overridden EPERM
	want pending "" "$(cat "$ks/pending")"
	want engaged "ks_test_vuln retval=-1 hits=4" "$(cat "$ks/engaged")"
	want_log "ks_test_vuln mitigation lost: module test_killswitch unloading; it re-arms when the module loads again"
	want_log "ks_test_vuln armed: module test_killswitch loading"
}

test_engaged_twice() {
	begin "engage ks_test_vuln -1" || return
	refused EBUSY "engage ks_test_vuln -1"
	refused EBUSY "engage test_killswitch:ks_test_vuln -13"
	refused EBUSY "tryengage ks_test_vuln -13 5"
	refused EBUSY "engagefor ks_test_vuln -13 5"
	overridden EPERM
}

test_unknown_function() {
	refused ENOENT "engage ks_no_such_function -1"
	refused ENOENT "engage ks_test_vul -1"
	refused ENOENT "engage vmlinux:ks_test_vuln -1"
	refused ENOENT "tryengage ks_no_such_function -1 5"
	refused ENOENT "disengage ks_no_such_function"
	refused ENOENT "disengage ks_test_vuln"
}

# The first name of the kernel's own text that stands at two addresses.
ambiguous_symbol() {
	awk '
		$3 == "_stext" { text = 1 }
		$3 == "_etext" { exit }
		text && $2 ~ /^[tT]$/ && $3 ~ /^[A-Za-z_][A-Za-z0-9_]*$/ && $3 !~ /^__(pfx|cfi)_/ {
			if ($3 in address && address[$3] != $1) {
				print $3
				exit
			}
			address[$3] = $1
		}' /proc/kallsyms
}

test_ambiguous_name() {
	symbol=$(ambiguous_symbol)
	if [ -z "$symbol" ]; then
		skipped="no name of two functions in /proc/kallsyms, or kernel.kptr_restrict hides their addresses"
		return
	fi
	say "ambiguous here: $symbol"
	log_mark
	refused EADDRNOTAVAIL "engage $symbol -1"
	want_log "$symbol: [0-9]* functions .*"
	refused EADDRNOTAVAIL "tryengage $symbol -1 5"
}

test_module_qualified_name() {
	begin "engage test_killswitch:ks_test_vuln -1" || return
	overridden EPERM
	want engaged "test_killswitch:ks_test_vuln retval=-1 hits=2" "$(cat "$ks/engaged")"
	want hits 2 "$(cat "$ks/fn/test_killswitch:ks_test_vuln/hits")"
	refused EBUSY "engage ks_test_vuln -1"
	end test_killswitch:ks_test_vuln
	untouched
}

test_unsuitable_function() {
	refused EINVAL "engage start_kernel -1"	# its memory was given back after boot
	refused EINVAL "engage get_kprobe 0"	# on the blacklist of kprobes, with every kernel
}

test_malformed_commands() {
	begin "engage ks_test_vuln -1" || return
	while IFS= read -r command; do
		refused EINVAL "$command"
	done <<-'EOF'

		 
		bogus
		Engage ks_test_vuln -1
		engage
		engage ks_test_vuln
		engage ks_test_vuln -1 2
		engage ks_test_vuln x
		engage ks_test_vuln 0x
		engage ks_test_vuln 1x
		engage ks_test_vuln 08
		engage ks_test_vuln --1
		engage ks_test_vuln - 1
		engage ks_test_vuln 1.0
		engage ks_test_vuln -EPERM
		engage ks_test_vuln+0x10 -1
		engage ks_test_vuln+0 -1
		engage 0xffffffff81000000 -1
		engage :ks_test_vuln -1
		engage test_killswitch: -1
		engage a:b:ks_test_vuln -1
		tryengage ks_test_vuln -1
		tryengage ks_test_vuln -1 x
		tryengage ks_test_vuln -1 -1
		tryengage ks_test_vuln -1 5s
		tryengage ks_test_vuln -1 86401
		tryengage ks_test_vuln -1 5 6
		engagefor ks_test_vuln -1
		engagefor ks_test_vuln -1 0
		engagefor ks_test_vuln -1 86401
		keep
		keep ks_test_vuln
		seal now
		disengage
		disengage ks_test_vuln now
		disengage ks_test_vuln+4
		disengage_all now
	EOF
	refused EINVAL "engage ks_test_vuln
-1"
	refused ERANGE "engage ks_test_vuln 9223372036854775808"
	refused ERANGE "engage ks_test_vuln -9223372036854775809"
	want "a NUL byte" EINVAL "$(printf 'disengage ks_test_vuln\0' | "$here/kwrite" "$ks/control")"
	want "a write of 4097 bytes" EINVAL "$(printf '%-4097s' "disengage ks_test_vuln" | "$here/kwrite" "$ks/control")"
	want engaged "ks_test_vuln retval=-1 hits=0" "$(cat "$ks/engaged")"
	want "a write of 4096 bytes" "ok 4096" "$(printf '%-4096s' "disengage ks_test_vuln" | "$here/kwrite" "$ks/control")"
}

test_stale_descriptors() {
	begin "engage ks_test_vuln -1" || return
	exec 7<"$fn/hits" 8<>"$fn/retval"
	end ks_test_vuln
	stale_descriptors_are_dead "disengaged"
	begin "engage ks_test_vuln -2" && {
		stale_descriptors_are_dead "engaged again"
		want retval -2 "$(cat "$fn/retval")"
	}
	exec 7<&- 8<&-
}

stale_descriptors_are_dead() {
	want "a read of hits, $1" EIDRM "$("$here/kread" --fd 7)"
	want "a read of retval, $1" EIDRM "$("$here/kread" --fd 8)"
	want "a write to retval, $1" EIDRM "$(printf %s -13 | "$here/kwrite" --fd 8)"
}

test_privilege() {
	begin "engage ks_test_vuln -1" || return
	for file in "$ks/control" "$fn/retval"; do
		want "a write to $file that the opener's privilege does not cover" EPERM \
			"$(printf %s -5 | "$here/kwrite" --drop-for-open "$file")"
		want "a write to $file that the writer's privilege does not cover" EPERM \
			"$(printf %s -5 | "$here/kwrite" --drop-after-open "$file")"
	done
	want "control, opened by nobody" "open EACCES" \
		"$(printf disengage_all | "$here/nobody" "$here/kwrite" "$ks/control")"
	want "hits, opened by nobody" "open EACCES" "$("$here/nobody" "$here/kread" "$fn/hits")"
	want "engaged, read by nobody" "ks_test_vuln retval=-1 hits=0" "$("$here/nobody" "$here/kread" "$ks/engaged")"
}

test_disengage_all() {
	begin "engage ks_test_vuln -1" || return
	begin "engage ks_test_fire -13" || return
	# not what somebody else may have engaged since we looked first
	want engaged "ks_test_vuln retval=-1 hits=0
ks_test_fire retval=-13 hits=0" "$(cat "$ks/engaged")" || return
	log_mark
	want disengage_all "ok 13" "$(control disengage_all)"
	want engaged "" "$(cat "$ks/engaged")"
	untouched
	want_log "disengage ks_test_vuln hits=0$who"
	want_log "disengage ks_test_fire hits=0$who"
	want "disengage_all, with nothing engaged" "ok 13" "$(control disengage_all)"
}

test_ftrace_stays_on() {
	sysctl=/proc/sys/kernel/ftrace_enabled
	if [ "$(cat $sysctl)" != 1 ]; then
		skipped="kernel.ftrace_enabled is not 1"
		return
	fi
	begin "engage ks_test_vuln -1" || return
	off=$(printf 0 | "$here/kwrite" $sysctl)
	# newer kernels cannot switch it off at all
	[ "$off" = EOPNOTSUPP ] || want "switching ftrace off" EBUSY "$off"
	want kernel.ftrace_enabled 1 "$(cat $sysctl)"
	overridden EPERM
	[ "$(cat $sysctl)" = 1 ] || echo 1 >$sysctl
}

test_function_without_ftrace_site() {
	for tracefs in /sys/kernel/tracing /sys/kernel/debug/tracing; do
		readme=$tracefs/README
		[ ! -r $readme ] || break
	done
	if [ ! -r $readme ]; then
		skipped="no tracefs in /sys/kernel/tracing"
		return
	fi
	if grep -q -x tracing_readme_read $tracefs/available_filter_functions; then
		skipped="tracing_readme_read has an ftrace site on this kernel"
		return
	fi
	text=$(cat $readme)
	case $(uname -m) in
	x86_64) kprobe_overrides_readme ;;
	*) kprobe_is_refused ;;
	esac
	want "$readme" "$text" "$(cat $readme)"
}

kprobe_overrides_readme() {
	begin "engage tracing_readme_read -13" || return
	want backend kprobe "$(cat "$ks/fn/tracing_readme_read/backend")"
	want "reading $readme" EACCES "$("$here/kread" $readme)"
	want "a write to retval" "ok 2" "$(printf %s -5 | "$here/kwrite" "$ks/fn/tracing_readme_read/retval")"
	want "reading $readme" EIO "$("$here/kread" $readme)"
	want engaged "tracing_readme_read retval=-5 hits=2" "$(cat "$ks/engaged")"
	end tracing_readme_read
}

# Where a kprobe would be an exception per call it is not the way out.
kprobe_is_refused() {
	log_mark
	refused EINVAL "engage tracing_readme_read -13"
	want_log "tracing_readme_read: it has no ftrace site, .*"
	refused EINVAL "tryengage tracing_readme_read -13 5"
}

hammer=

stop_hammer() {
	[ -n "$hammer" ] || return 0
	kill "$hammer" 2>/dev/null
	wait "$hammer"
	hammer_status=$?
	hammer=
	return $hammer_status
}

test_cycles_under_load() {
	"$here/hammer" --workers 2 EPERM >"$tmp/hammer" 2>&1 &
	hammer=$!
	if ! wait_until 30 grep -q -x running "$tmp/hammer"; then
		fail "the callers do not start"
	fi
	cycle=0
	while [ -z "$failed" ] && [ $cycle -lt "${KILLSWITCH_TEST_CYCLES:-10}" ]; do
		cycle=$((cycle + 1))
		begin "engage ks_test_vuln -1" || break
		end ks_test_vuln
		ours=
		kill -0 $hammer 2>/dev/null || fail "in cycle $cycle a caller got something else"
	done
	stop_hammer || fail "the callers saw something else than the real values and the override, or not both"
	say "$cycle cycles"
	say "$(cat "$tmp/hammer")"
	want engaged "" "$(cat "$ks/engaged")"
	untouched
}

# demonstrate FUNCTION RETVAL STATUS PATTERN COMMAND...
# The command works; while the function is engaged, it exits with the given status and its output has
# the pattern; then it works again.
demonstrate() {
	function=$1 retval=$2 status=$3 pattern=$4
	shift 4
	"$@" >"$tmp/before" 2>&1
	before=$?
	if [ $before = 4 ]; then
		skipped=$(tail -n 1 "$tmp/before")
		return
	fi
	say "before: exit status $before"
	say "$(cat "$tmp/before")"
	want "its exit status before" 0 $before

	begin "engage $function $retval" || return
	"$@" >"$tmp/engaged" 2>&1
	engaged=$?
	hits=$(cat "$ks/fn/$function/hits")
	say "engaged: exit status $engaged, hits=$hits"
	say "$(cat "$tmp/engaged")"
	want "its exit status while $function is engaged" "$status" $engaged
	grep -q -e "$pattern" "$tmp/engaged" || fail "it did not say \"$pattern\" while $function was engaged"
	[ "${hits:-0}" -ge 1 ] || fail "$function has no hits"
	end "$function"

	"$@" >"$tmp/after" 2>&1
	after=$?
	say "after: exit status $after"
	want "its exit status after" 0 $after
	want "its output after" "$(cat "$tmp/before")" "$(cat "$tmp/after")"
}

# in_use WHAT COUNT: is it, and have we not been told to test all the same?
in_use() {
	case ${2:-0} in
	0) return 1 ;;
	*[!0-9]*) return 1 ;;	# not there at all, which the demonstrator tells better
	esac
	[ "${KILLSWITCH_TEST_DISRUPT:-0}" != 1 ] || return 1
	skipped="$2 $1 on this host; KILLSWITCH_TEST_DISRUPT=1 tests all the same"
}

test_cve_2026_31431() {
	in_use "AF_ALG sockets are open" "$(awk '$1 == "ALG" { print $3 }' /proc/net/protocols)" && return
	demonstrate af_alg_sendmsg -1 2 '^sendmsg: Operation not permitted (EPERM)$' \
		"$here/nobody" "$here/af_alg_aead"
	# since 7.3 the kernel itself lets most of AF_ALG be reached only where an administrator says so
	restrict=/proc/sys/crypto/af_alg_restrict
	[ -z "$skipped" ] || [ ! -r $restrict ] || skipped="$skipped: crypto.af_alg_restrict is $(cat $restrict)"
}

test_cve_2026_43284() {
	in_use "IPsec associations are in use" "$("$here/esp_udp" --count 2>&1)" && return
	demonstrate esp_input -22 2 '^ESP: dropped by the receiver' "$here/esp_udp"
}

# ---- set up, run, clean up

skip_all() {
	echo "1..0 # SKIP $*"
	exit 4
}

loaded=
tmp=
tap_planned=0
tap_done=0
tap_failed=0
tap_skipped=0

on_exit() {
	exit_status=$?
	trap '' HUP INT TERM
	stop_hammer
	end_ours
	exec 7<&- 8<&-
	[ -z "$loaded" ] || rmmod test_killswitch
	[ -z "$tmp" ] || rm -rf "$tmp"
	if [ $tap_done -lt $tap_planned ]; then
		echo "Bail out! ended in the middle of test $((tap_done + 1))"
		[ $exit_status != 0 ] || exit_status=1
	fi
	exit $exit_status
}

# The first of these that is there, else the installed one.
load_test_module() {
	for ko in "${TEST_KILLSWITCH_KO:-}" "$here/../kernel/test_killswitch.ko"; do
		if [ -f "$ko" ]; then
			insmod "$ko" || skip_all "$ko cannot be loaded"
			loaded=1
			return
		fi
	done
	modprobe test_killswitch 2>/dev/null ||
		skip_all "test_killswitch is not loaded, and no TEST_KILLSWITCH_KO, ../kernel/test_killswitch.ko or installed module to load"
	loaded=1
}

prepare() {
	for program in af_alg_aead esp_udp hammer kread kwrite nobody; do
		[ -x "$here/$program" ] || skip_all "$program is not built: run make in $here"
	done
	[ "$(id -u)" = 0 ] || skip_all "it takes root"
	[ -e "$ks/control" ] || skip_all "killswitch is not loaded (modprobe killswitch), or securityfs is not mounted"
	[ -d /sys/kernel/debug/kprobes ] || skip_all "debugfs is not mounted in /sys/kernel/debug"
	[ -z "$(cat "$ks/engaged" "$ks/pending")" ] ||
		skip_all "something is engaged or pending on this host already; see $ks/engaged and $ks/pending"
	[ "$(cat "$ks/sealed")" = 0 ] || skip_all "killswitch is sealed, so nothing could be undone"
	! grep -q -e '\[integrity\]' -e '\[confidentiality\]' /sys/kernel/security/lockdown 2>/dev/null ||
		skip_all "the kernel is locked down, which leaves nothing to test here"
	[ "$(control "disengage ks_no_such_function")" != EPERM ] ||
		skip_all "it takes CAP_SYS_ADMIN in the initial user namespace"
	[ -e "$fire" ] || load_test_module
	[ -e "$fire" ] || skip_all "test_killswitch is loaded, but there is no $fire"
	tmp=$(mktemp -d) || exit 1
}

title() {
	case $1 in
	cve_2026_31431) echo "CVE-2026-31431: an AEAD round trip through AF_ALG" ;;
	cve_2026_43284) echo "CVE-2026-43284: a datagram through IPsec ESP" ;;
	*) echo "$1" | tr _ ' ' ;;
	esac
}

run() {
	failed='' skipped=''
	"test_$1"
	end_ours
	tap_done=$((tap_done + 1))
	if [ -n "$failed" ]; then
		tap_failed=$((tap_failed + 1))
		echo "not ok $tap_done - $(title "$1")"
	elif [ -n "$skipped" ]; then
		tap_skipped=$((tap_skipped + 1))
		echo "ok $tap_done - $(title "$1") # SKIP $skipped"
	else
		echo "ok $tap_done - $(title "$1")"
	fi
}

for name in "$@"; do
	case $tests in
	*"
$name
"*) ;;
	*)
		echo "killswitch_test.sh: no test \"$name\"; there are:$(echo "$tests" | tr '\n' ' ' | sed 's/ *$//')" >&2
		exit 2
		;;
	esac
done
[ $# -gt 0 ] || set -- $tests

echo "TAP version 13"
trap on_exit EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
prepare

tap_planned=$#
echo "1..$tap_planned"
for name in "$@"; do
	run "$name"
done
say "$((tap_planned - tap_failed - tap_skipped)) passed, $tap_failed failed, $tap_skipped skipped"
[ $tap_failed = 0 ] || exit 1
[ $tap_skipped -lt $tap_planned ] || exit 4
exit 0
