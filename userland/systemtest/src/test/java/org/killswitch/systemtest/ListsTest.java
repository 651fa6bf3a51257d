// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;

/**
 * The lists in kernel/ of what killswitch needs and of what decides about permission, held against each kernel: its
 * symbol table, its types, its hooks, and what the module asks it for.
 */
@ParameterizedClass(name = "{0}")
@SelftestedKernels
final class ListsTest {

    private final String kernel;

    ListsTest(String kernel) {
        this.kernel = kernel;
    }

    /** What is called by killswitch, and may be engaged: it then gets an error, and says so. */
    private static final Pattern DISPENSABLE = Pattern.compile("call_usermodehelper.*");

    /**
     * Functions at both ends of what an object file has in .text, by the file: what lies between is of that file, too.
     * A kernel that has less than two of them has them elsewhere, or is of another architecture.
     */
    private static final Map<String, String> SUBSYSTEMS = Map.ofEntries(
            Map.entry(
                    "kernel/trace/ftrace.c",
                    "ftrace_sync_ipi ftrace_check_record ftrace_init_tracefs ftrace_kill ftrace_is_dead"),
            Map.entry(
                    "kernel/kprobes.c",
                    "get_kprobe register_kprobe kprobe_add_area_blacklist kprobe_get_kallsym kprobe_free_init_mem"),
            Map.entry("kernel/kallsyms.c", "get_symbol_pos kallsyms_lookup_size_offset sprint_symbol kallsyms_open"),
            Map.entry("kernel/rcu/tree.c", "rcu_get_gp_kthreads_prio rcu_get_gp_seq rcu_cpu_stall_reset exit_rcu"),
            Map.entry(
                    "kernel/rcu/update.c",
                    "__traceiter_rcu_utilization rcu_gp_is_normal exit_tasks_rcu_start exit_tasks_rcu_finish"),
            Map.entry(
                    "kernel/rcu/srcutree.c", "__srcu_read_lock __srcu_read_unlock srcu_invoke_callbacks process_srcu"),
            Map.entry(
                    "kernel/stop_machine.c",
                    "cpu_stop_should_run cpu_stop_park stop_machine stop_machine_from_inactive_cpu"),
            Map.entry(
                    "kernel/jump_label.c",
                    "jump_label_swap static_key_count static_key_slow_dec_cpuslocked jump_label_text_reserved"),
            Map.entry(
                    "kernel/static_call_inline.c",
                    "static_call_site_cmp static_call_site_swap static_call_module_notify static_call_text_reserved"),
            Map.entry(
                    "kernel/notifier.c",
                    "notifier_call_chain raw_notifier_chain_unregister srcu_notifier_chain_register"),
            Map.entry(
                    "kernel/module",
                    "__traceiter_module_load __module_text_address symbol_put_addr is_module_text_address"),
            Map.entry(
                    "kernel/module/kallsyms.c",
                    "find_kallsyms_symbol module_address_lookup module_kallsyms_lookup_name module_kallsyms_on_each_symbol"),
            Map.entry(
                    "kernel/extable.c",
                    "search_kernel_exception_table core_kernel_text kernel_text_address func_ptr_is_kernel_text"),
            Map.entry(
                    "security/inode.c",
                    "securityfs_init_fs_context securityfs_fill_super securityfs_create_symlink securityfs_remove lsm_read"),
            Map.entry(
                    "kernel/locking/mutex.c",
                    "mutex_is_locked __mutex_add_waiter mutex_spin_on_owner atomic_dec_and_mutex_lock"),
            Map.entry(
                    "arch/x86/kernel/alternative.c", "do_sync_core optimize_nops __text_poke text_poke text_poke_kgdb"),
            Map.entry(
                    "arch/x86/kernel/kprobes/core.c",
                    "synthesize_reljump synthesize_relcall arch_disarm_kprobe arch_trampoline_kprobe"),
            Map.entry(
                    "arch/x86/kernel/ftrace.c",
                    "ftrace_verify_code ftrace_arch_code_modify_prepare arch_ftrace_trampoline_free prepare_ftrace_return"),
            Map.entry(
                    "arch/arm64/kernel/ftrace.c",
                    "arm64_rec_get_ops ftrace_regs_query_register_offset arch_ftrace_update_code prepare_ftrace_return ftrace_graph_func"),
            Map.entry(
                    "arch/arm64/kernel/patching.c",
                    "__aarch64_insn_write aarch64_insn_patch_text_cb aarch64_insn_write aarch64_insn_patch_text"),
            Map.entry(
                    "arch/arm64/kernel/probes/kprobes.c",
                    "post_kprobe_handler arch_simulate_insn kprobe_brk_handler arch_trampoline_kprobe"));

    /** More functions than one file has: the ends are in different sections. */
    private static final int IMPLAUSIBLE = 400;

    /** Of these files, what killswitch does without: files in tracefs, debugfs, sysfs and /proc, trace points, self-tests, system
     * calls, and inline functions that a compiler has left there. */
    private static final Pattern UNNEEDED = Pattern.compile(
            "(__)?[tgms]_[a-z_]+|f(n)?pid_[a-z]+|.*_(open|release|write|show)"
                    + "|pid_write|set_graph_.*|print_ip_ins|release_probe|function_trace_probe_call|ignore_task_cpu|symbols_cmp"
                    + "|(__(bpf_trace|probestub|traceiter)|perf_trace|trace_event_raw_event|trace_raw_output)_.*|(__)?alt_reloc_selftest"
                    + "|bpf_iter_ksym.*|kprobe(_blacklist)?_seq_.*|show_kprobe_addr|.*_enabled_file_bool|debugfs_kprobe_init"
                    + "|proc_kprobes_optimization_handler|rcutorture_.*|srcutorture_.*|sysrq_show_rcu|parse_rcu_nocb_poll"
                    + "|do_trace_rcu_torture_read|rcupdate_announce_bootup_oddness|update_iter|arch_get_kallsym|lsm_read"
                    + "|print_stop_info|int3_exception_notify|is_endbr|task_state_.*|cpu_online|print_subops|trace_.*|load_module|init_module_from_file"
                    + "|__(do|se|x64|ia32|arm64)_sys_.*_module|show_(refcnt|(core|init)size|initstate|taint|modinfo_.*)|store_uevent"
                    + "|(free|setup)_modinfo_.*|modinfo_.*_exists|unknown_module_param_cb|module_(layout|notes_read|sect_read|remove_modinfo_attrs)|check_version"
                    + "|set_module_sig_enforced|show_stalled_ipi_trace|get_order|arch_local_irq_.*|tick_nohz_full_enabled|__xchg_case_.*|arch_contended_release_trace_.*|bitmap_empty|cpumask_weight|put_task_struct");

    /** What administrators have reason to close; none is needed, and of most no value says yes. */
    private static final List<String> TARGETS = List.of(
            "af_alg:af_alg_sendmsg",
            "nf_tables:nf_tables_newrule",
            "bluetooth:l2cap_connect.constprop.0",
            "netlink_sendmsg",
            "packet_set_ring",
            "vfs_read",
            "vfs_write",
            "load_module",
            "__x64_sys_init_module",
            "__x64_sys_finit_module",
            "__x64_sys_delete_module",
            "__x64_sys_bpf",
            "__x64_sys_userfaultfd",
            "io_uring_setup",
            "tcp_v4_connect",
            "xfrm_input",
            "__strp_recv",
            "call_usermodehelper_exec",
            "some_module:mutex_lock");

    private static final Set<String> ZERO_DENIES = Set.of(
            "capable",
            "ns_capable",
            "ns_capable_noaudit",
            "ns_capable_setid",
            "file_ns_capable",
            "has_capability",
            "has_ns_capability",
            "capable_wrt_inode_uidgid",
            "inode_owner_or_capable",
            "ptracer_capable",
            "ptrace_may_access",
            "netlink_capable",
            "netlink_net_capable",
            "sk_capable",
            "sk_net_capable",
            "in_group_p",
            "may_mount",
            "within_error_injection_list");

    private static final Set<String> ERRNO_DENIES = Set.of(
            "security_file_open",
            "security_locked_down",
            "selinux_file_open",
            "apparmor_file_open",
            "tomoyo_file_open",
            "lockdown_is_locked_down",
            "yama_ptrace_access_check",
            "bpf_lsm_file_open",
            "cap_capable",
            "inode_permission",
            "generic_permission",
            "may_open",
            "__ptrace_may_access",
            "module_sig_check",
            "mod_verify_sig",
            "verify_pkcs7_signature",
            "pkcs7_verify",
            "public_key_verify_signature",
            "key_task_permission",
            "ima_file_check",
            "evm_verifyxattr",
            "commit_creds",
            "bpf_check",
            "avc_has_perm",
            "aa_path_perm",
            "devcgroup_check_permission");

    @Test
    void whatTheModuleCallsIsNeeded() {
        JudgedKernel judged = JudgedKernel.of(kernel);
        List<String> called = judged.names(judged.called()::contains);
        assertThat(called).hasSizeGreaterThan(50);
        assertThat(called).filteredOn(n -> !DISPENSABLE.matcher(n).matches()).allMatch(n -> judged.is(n, "needed"));
    }

    @Test
    void theTextOfWhatItStandsOnIsNeeded() {
        JudgedKernel judged = JudgedKernel.of(kernel);
        List<String> left = new ArrayList<>();
        int looked = 0;
        for (Map.Entry<String, String> subsystem : SUBSYSTEMS.entrySet()) {
            if (isOfAnotherArchitecture(subsystem.getKey())) {
                continue;
            }
            List<String> within = between(judged, List.of(subsystem.getValue().split(" ", -1)));
            looked += within.size();
            within.stream()
                    .filter(n -> !judged.is(n, "needed")
                            && !UNNEEDED.matcher(base(n)).matches())
                    .forEach(left::add);
        }
        assertThat(left).isEmpty();
        // clang puts functions in another order: of fewer files both ends are there
        assertThat(looked).isGreaterThan(Project.kernel(kernel).release().isStock() ? 600 : 400);
    }

    private boolean isOfAnotherArchitecture(String file) {
        String own = "arch/" + Project.kernel(kernel).release().architecture().kernel();
        return file.startsWith("arch/") && !file.startsWith(own);
    }

    private static String base(String name) {
        return name.replaceFirst("\\..*", "");
    }

    private static List<String> between(JudgedKernel judged, List<String> ends) {
        List<Long> at = judged.text().entrySet().stream()
                .filter(e -> e.getValue().stream().anyMatch(ends::contains))
                .map(Map.Entry::getKey)
                .toList();
        if (at.isEmpty()) {
            return List.of(); // another architecture's, or another version's
        }
        List<String> names = judged.text().subMap(at.getFirst(), true, at.getLast(), true).values().stream()
                .flatMap(Set::stream)
                .toList();
        assertThat(names).as("%s", ends).hasSizeLessThan(IMPLAUSIBLE);
        return names;
    }

    @Test
    void aFunctionIsTreatedAlikeByEachOfItsNames() {
        JudgedKernel judged = JudgedKernel.of(kernel);
        assertThat(judged.text().values())
                .filteredOn(names -> names.stream().noneMatch(n -> n.matches(".*_(start|end|begin)")))
                .allMatch(names ->
                        names.stream().map(judged.verdicts()::get).distinct().count() == 1);
    }

    @Test
    void noHookCanBeMadeToSayYes() {
        JudgedKernel judged = JudgedKernel.of(kernel);
        assertThat(judged.hooks()).hasSizeGreaterThan(200);
        List<String> hooks = judged.names(n -> base(n).startsWith("security_")
                || judged.hooks().stream().anyMatch(h -> base(n).equals("bpf_lsm_" + h)));
        assertThat(hooks).hasSizeGreaterThan(350).allMatch(n -> judged.is(n, "decides") && judged.is(n, "1"));
        Set<String> inverted = Set.of("xfrm_state_pol_flow_match", "inode_xattr_skipcap");
        assertThat(hooks)
                .filteredOn(n -> inverted.stream().noneMatch(n::endsWith))
                .allMatch(n -> judged.is(n, "0"));
        assertThat(hooks)
                .filteredOn(n -> inverted.stream().anyMatch(n::endsWith))
                .allMatch(n -> judged.is(n, "-1"));
    }

    /** An errno is true, or with -512 even false: which of both depends on how the caller looks at it. */
    @Test
    void aBoolNeverTakesAnErrnoAndWhatReturnsNothingTakesNothing() {
        JudgedKernel judged = JudgedKernel.of(kernel);
        Set<String> bools = judged.types().bools();
        Set<String> voids = judged.types().voids();
        assertThat(judged.names(n -> judged.is(n, "decides") && bools.contains(base(n))))
                .hasSizeGreaterThan(40)
                .allMatch(n -> judged.is(n, "-1") && judged.is(n, "-512"));
        assertThat(judged.names(n -> n.startsWith("security_") && voids.contains(base(n))))
                .hasSizeGreaterThan(10)
                .allMatch(n -> judged.is(n, "0") && judged.is(n, "1") && judged.is(n, "-1"));
    }

    @Test
    void theValuesThatDenyAreAcceptedAndTheOthersAreNot() {
        JudgedKernel judged = JudgedKernel.of(kernel);
        Map<String, Set<String>> zero = judged.ask(ZERO_DENIES);
        assertThat(zero)
                .allSatisfy((n, v) ->
                        assertThat(v).as(n).contains("decides", "1", "-1").doesNotContain("0"));
        Map<String, Set<String>> errno = judged.ask(ERRNO_DENIES);
        assertThat(errno)
                .allSatisfy((n, v) ->
                        assertThat(v).as(n).contains("decides", "0", "1").doesNotContain("-1"));
        // and that these are functions of this kernel is no accident
        assertThat(Stream.concat(zero.keySet().stream(), errno.keySet().stream())
                        .filter(judged.verdicts()::containsKey))
                .hasSizeGreaterThan(30);
    }

    @Test
    void whatAdministratorsCloseCanBeEngaged() {
        assertThat(JudgedKernel.of(kernel).ask(TARGETS))
                .hasSize(TARGETS.size())
                .allSatisfy((n, v) -> assertThat(v).as(n).isEmpty());
    }
}
