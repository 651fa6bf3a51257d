/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What killswitch stands on: functions of the kernel image, by name or shell
 * pattern, without the suffixes that compilers add. foundation.c includes this.
 *
 * Left out on purpose is what an administrator may want to close, and what
 * killswitch survives: system calls (those that load modules, too), usermode
 * helpers, and the files of these subsystems in /proc, debugfs and tracefs.
 */

/* Symbol tables, and whose an address is. */
"kallsyms_[!io]*", "kallsyms_on_*", "module_kallsyms_*", "*find_kallsyms_symbol*",
"add_kallsyms", "get_symbol_*", "module_get_kallsym", "lookup_symbol_*",
"lookup_module_symbol_*", "module_address_lookup", "*sprint_symbol*", "sprint_backtrace*",
"layout_symtab", "init_build_id", "*kernel_text*", "func_ptr_is_kernel_text", "core_kernel_data",
"dereference_module_*", "search_exception_tables", "search_kernel_exception_table",
"search_module_extables", "fixup_exception",

/* ftrace, which calls the override. */
"*ftrace*", "__fentry__", "return_to_handler", "*add_hash_entry", "append_hash*",
"call_direct_funcs", "clear_mod_from_hash", "dup_hash", "hash_add", "hash_sub",
"add_first_hash", "add_next_hash", "remove_hash", "rebuild_hashes", "cache_mod",
"enter_record", "find_direct_entry", "hash_contains_ip", "intersect_hash*", "lookup_rec",
"match_records", "ops_equal", "ops_references_ip", "remove_direct_functions_hash", "reset_direct",
"test_for_valid_rec", "print_rec", "addr_from_call", "arm64_rec_get_ops", "process_mod_list",

/* kprobes, which vet each function and reach those that ftrace does not. */
"*register_kprobe*", "*register_kretprobe*", "*disable_kprobe*", "*enable_kprobe*",
"*arm_kprobe*", "arch_*kprobe*", "arch_*kretprobe*", "*aggr_kprobe", "aggr_*_handler",
"opt_pre_handler", "*optimize_kprobe", "*optimize_all_kprobes", "*optimized_kprobe*",
"copy_kprobe", "get_kprobe", "*get_valid_kprobe", "kill_kprobe", "prepare_kprobe",
"reenter_kprobe", "post_kprobe_handler", "dump_kprobe", "report_probe", "init_kprobes",
"init_optprobes", "*within_kprobe_blacklist", "populate_kprobe_blacklist", "kprobe_add_*",
"kprobe_remove_*", "kprobe_busy_*", "kprobe_cache_*", "kprobe_*_handler", "kprobe_disarmed",
"kprobe_emulate_*", "kprobe_exceptions_notify", "kprobe_flush_task", "kprobe_free_init_mem",
"kprobe_get_kallsym", "kprobe_lookup_name", "kprobe_on_func_entry", "kprobe_optimizer*",
"kprobe_post_process", "_kprobe_addr", "kprobes_inc_*", "kprobes_module_callback",
"kretprobe_[!deptm]*", "kretprobe_table_*", "cleanup_rp_inst",
"trampoline_handler", "trampoline_probe_handler", "arch_deref_entry_point",
"*kretprobe_find_ret_addr",
"kretprobe_trampoline*",
"__kretprobe_trampoline*",
"pre_handler_kretprobe", "recycle_rp_inst", "free_rp_inst*", "wait_for_kprobe_optimizer*",
"optprobe_*", "*optinsn*", "*_insn_slot*", "*_insn_page", "collect_garbage_slots",
"collect_one_slot", "is_cfi_preamble_symbol", "__copy_instruction", "*recover_*probed_insn",
"recover_probed_instruction", "can_boost", "can_probe", "can_optimize", "insn_jump_into_range",
"copy_optimized_instructions", "optimized_callback", "setup_detour_execution",
"setup_singlestep", "resume_singlestep", "resume_execution", "synthesize_rel*", "arm_probe_*",
"arch_simulate_insn", "simulate_*", "exc_int3", "do_int3*", "exc_debug*", "brk_handler",
"call_break_hook", "call_el1_break_hook", "do_el1_brk64", "el1_brk64", "notify_die",

/* Text that is changed: breakpoints, jumps, static keys and calls, alternatives. */
"text_poke*", "__text_poke", "*smp_text_poke_*", "*text_reserved", "poke_int3_handler",
"do_sync_core", "use_temporary_mm", "unuse_temporary_mm", "apply_alternatives*",
"__apply_alternatives*", "alternative_is_*", "alternatives_*", "apply_retpolines",
"apply_returns", "*apply_fineibt", "decode_fineibt_insn", "cfi_get_func_*", "poison_endbr",
"apply_ibt_endbr", "apply_seal_endbr", "*apply_relocation", "apply_paravirt", "*emit_trampoline",
"optimize_nops*", "add_nops", "skip_nops", "patch_alternative",
"*alt_cb_patch_nops", "cpu_wants_rethunk*", "clean_dcache_range_nopatch", "BUG_func",
"its_*_mod", "its_static_thunk", "callthunks_*", "aarch64_insn_*", "__aarch64_insn_*",
"aarch64_*branch_offset", "aarch32_insn_*", "patch_map", "*caches_clean_inval_*",
"arch_jump_*", "*jump_label_*", "static_key_*", "__static_key_*", "arch_static_call_*",
"static_call_*", "__static_call_*", "__SCT__*", "stop_machine*", "__stop_cpus",
"stop_core_cpuslocked", "stop_one_cpu*", "stop_two_cpus", "cpu_stop_*", "cpu_stopper_*",
"multi_cpu_stop", "queue_stop_cpus_work", "on_each_cpu*", "smp_call_*", "__smp_call_*",
"generic_smp_call_*", "generic_exec_single", "*flush_smp_call_*", "set_memory_*",
"change_page_attr_*", "__change_page_attr*", "execmem_*", "module_alloc", "module_memfree",

/* Grace periods: memory is freed after one. */
"rcu_*", "__rcu_*", "rcutree_*", "rcuwait_*", "finish_rcuwait", "exit_rcu", "call_rcu*",
"__call_rcu*", "kvfree_call_rcu", "kvfree_rcu_*", "kfree_rcu_*", "*synchronize_rcu*",
"sync_rcu_*", "__sync_rcu_*", "__wait_rcu_gp", "wait_rcu_exp_gp", "wakeme_after_rcu",
"tasks_rcu_*", "exit_tasks_rcu*", "tasks_cblist_*", "cblist_*", "trc_*", "*_holdout_task*",
"get_rcu_*", "show_rcu_*", "invoke_rcu_*", "*_do_rcu_barrier", "param_set_*_fqs_jiffies",
"adjust_jiffies_till_sched_qs", "*note_gp_changes", "force_qs_rnp", "*wake_nocb_gp*",
"do_nocb_*", "nocb_*", "rdp_offload_toggle", "dump_blkd_tasks", "exp_funnel_lock",
"lazy_rcu_*", "check_cpu_stall*", "print_cpu_stall*", "check_slow_task", "dyntick_save_*",
"fill_page_cache_func", "schedule_page_work_fn", "*schedule_delayed_monitor_work",
"strict_work_handler", "swake_up_one_online*", "krc_this_cpu_lock", "late_wakeup_func",
"panic_on_rcu_stall", "srcu_*", "__srcu_*", "init_srcu_*", "cleanup_srcu_struct",
"check_init_srcu_struct", "call_srcu", "*synchronize_srcu*", "process_srcu",
"*spin_lock_irqsave_*_contention", "try_check_zero",

/* Modules that come and go: their list, notifiers and references. */
"notifier_*", "atomic_notifier_*", "blocking_notifier_*", "raw_notifier_*",
"*register_module_notifier", "*register_die_notifier", "__module_address",
"__module_text_address", "is_module_*", "__is_module_*", "find_module*", "*mod_tree_*",
"mod_find", "module_put", "__module_get", "try_module_get", "__module_put_*",
"module_refcount", "module_unload_*", "__symbol_get", "__symbol_put", "symbol_put_addr",
"resolve_symbol", "find_symbol", "find_exported_symbol_*", "do_init_module", "do_free_init",
"free_module", "free_mod_mem", "finished_loading", "module_flags*", "module_enable_*",
"module_*_section", "module_*_sections", "module_arch_*", "module_init_layout_section",
"module_finalize", "module_bug_*", "module_set_memory", "module_mark_ro_*", "module_memory_*",
"module_for_each_mod", "find_any_unique_sec", "frob_*", "each_symbol_section",
"add_taint_module", "free_copy", "module_patient_check_exists", "module_frob_*",
"module_elf_check_arch", "module_next_tag_pair", "module_get_offset*", "*layout_sections",
"any_section_objs", "arch_mod_section_prepend", "find_sec", "mod_sysfs_*", "*apply_relocate*",
"*write_relocate_add", "clear_relocate_add", "flush_module_*", "copy_module_from_user",
"module_copy_*", "cmp_name", "get_next_modinfo", "idempotent_*", "try_to_force_load",
"free_module_elf", "copy_module_elf", "*_check_misalignment",

/* The files. */
"securityfs_*", "remove_one", "simple_recursive_removal", "simple_pin_fs", "simple_release_fs",
"simple_read_from_buffer", "simple_write_to_buffer", "simple_transaction_*",
"simple_attr_release",
"seq_open", "seq_read*", "seq_lseek",
"seq_release", "seq_printf", "seq_vprintf", "seq_write", "seq_put*", "__seq_put*",
"seq_list_*", "single_open", "single_open_size", "single_release", "single_start",
"single_next", "single_stop", "default_llseek", "noop_llseek", "nonseekable_open",
"memdup_user*", "sysfs_emit*", "d_drop", "__d_drop", "dput", "lockref_*", "iput",

/* Locks, waiting, scheduling. */
"mutex_*", "__mutex_*", "*ww_mutex_*", "atomic_dec_and_mutex_lock", "rt_mutex_*",
"__rt_mutex_*", "rt_spin_*", "rt_read_*", "rt_write_*", "_raw_spin_*", "do_raw_*", "__raw_spin_*",
"__raw_read_*", "__raw_write_*",
"_raw_read_*", "_raw_write_*", "*queued_spin_*", "queued_read_*", "queued_write_*", "osq_*",
"__pv_queued_*", "rwsem_*", "down_read*", "down_write*", "up_read", "up_write",
"percpu_down_write", "percpu_up_write", "__percpu_down_read", "percpu_*_rwsem", "cpus_read_*",
"cpus_write_*", "refcount_*", "schedule", "__schedule", "preempt_schedule*", "__cond_resched",
"dynamic_*cond_resched*", "__might_*", "schedule_timeout*", "try_to_wake_up",
"wake_up_process", "default_wake_function", "__wake_up*", "wait_for_completion*", "complete",
"complete_all", "completion_done", "kick_all_cpus_sync",
"swake_up_*", "kthread_*", "__kthread_*", "finish_wait", "prepare_to_wait*",

/* Work and time: countdowns, probes, what is freed later. */
"*alloc_workqueue*", "destroy_workqueue", "drain_workqueue", "*flush_workqueue*",
"queue_work*", "__queue_work*", "queue_delayed_work*", "__queue_delayed_work",
"queue_rcu_work", "delayed_work_timer_fn", "flush_*work", "__flush_work", "cancel_work*",
"cancel_delayed_work*", "__cancel_work*", "mod_delayed_work*", "insert_work",
"process_one_work", "process_scheduled_works", "worker_*", "rescuer_thread", "create_worker",
"kick_pool", "schedule_on_each_cpu", "try_to_grab_pending", "move_linked_works", "assign_work",
"*pwq_*", "set_work_pool_*", "wq_worker_*", "start_flush_work", "add_timer", "add_timer_on",
"add_timer_global", "add_timer_local", "mod_timer*", "__mod_timer", "del_timer*",
"timer_delete*", "__timer_delete*", "try_to_del_timer_sync", "timer_reduce", "timer_shutdown*",
"run_timer_*", "__run_timers", "__run_timer_base", "call_timer_fn", "enqueue_timer",
"detach_if_pending", "lock_timer_base", "init_timer_key", "calc_wheel_index",
"update_process_times", "process_timeout", "msleep*", "usleep_range*", "sched_clock*",
"local_clock", "ktime_get*", "round_jiffies*",

/* Memory. */
"__kmalloc*", "kmalloc_[!r]*", "kfree", "kfree_const", "kvfree", "kvmalloc*", "__kvmalloc*",
"kmem_cache_alloc*", "kmem_cache_free*", "__kmem_cache_alloc*", "kmemdup*", "kvmemdup*",
"kstrdup*", "krealloc*", "__do_krealloc", "kvrealloc*", "vmalloc", "vmalloc_noprof",
"__vmalloc*", "vzalloc*", "vfree*", "__vfree*", "pcpu_alloc*", "__alloc_percpu*",
"free_percpu", "xa_*", "__xa_*", "xas_*", "*get_free_pages*",
"alloc_pages*", "__alloc_pages*", "__free_pages", "free_pages", "*slab_alloc*",
"*slab_free",

/* Text, bits, lists, numbers. */
"str[ln]*cmp", "strcmp", "strlen", "strnlen", "str[ln]cpy", "strcpy", "str[ln]cat", "strcat",
"strscpy*", "sized_strscpy", "strchr*", "strrchr", "strnchr", "strstr", "strnstr", "strsep",
"strim", "strspn", "strcspn", "strpbrk", "strcasecmp", "strncasecmp", "__strscpy",
"__strncpy_*", "skip_spaces", "memcpy", "__memcpy", "memmove", "__memmove", "memset",
"__memset", "memset[0-9]*", "memcmp", "memchr*", "memscan", "memcpy_orig", "memcpy_erms",
"memset_orig", "memset_erms", "memmove_erms", "*snprintf", "*scnprintf", "vsprintf", "sprintf",
"sscanf", "vsscanf", "kasprintf", "kvasprintf*", "kstrto*", "_kstrto*", "_parse_integer*",
"match_string", "__sysfs_match_string", "glob_match*", "find_*_bit*", "_find_*_bit*",
"cpumask_next*", "llist_*", "__list_add_valid*", "__list_del_entry_valid*",
"hex_dump_to_buffer", "string_escape_mem", "param_[gs]et_bool", "param_[gs]et_charp",
"copy_from_user", "_copy_from_user", "__copy_from_user*", "copy_to_user", "_copy_to_user",
"__copy_to_user*", "_inline_copy_*", "__arch_copy_*", "copy_user_generic*",
"copy_user_enhanced_*", "copy_user_fragile*", "rep_movs*", "rep_stos*", "__check_object_size",
"copy_from_kernel_nofault*", "copy_to_kernel_nofault*",

/* Whether a command is allowed, and what the log says of it. */
"capable", "ns_capable", "file_ns_capable", "security_capable", "cap_capable*",
"security_locked_down", "lockdown_is_locked_down", "from_kuid*", "map_id_up*",
"*get_task_comm", "audit_log", "audit_log_start", "audit_log_end", "audit_log_format",
"audit_log_vformat", "_printk", "printk", "vprintk*", "___ratelimit", "__warn_printk", "panic",
"test_taint", "add_taint",

/* The trace event and the guards. */
"trace_event_buffer_*", "trace_event_raw_init", "trace_event_reg", "trace_event_printf",
"trace_event_ignore_this_pid", "trace_raw_output_prep", "trace_handle_return",
"event_triggers_*", "__trace_trigger_*", "perf_trace_buf_*", "perf_trace_run_*",
"tracepoint_probe_*", "bpf_trace_run*", "bpf_prog_get", "bpf_prog_get_type*", "bpf_prog_put*",
"__bpf_prog_put*", "bpf_prog_inc*", "migrate_disable", "migrate_enable",

/* What compilers call. */
"__x86_*thunk*", "*_return_thunk", "retbleed_untrain_ret", "srso_*", "preempt_schedule*_thunk",
"__stack_chk_*", "__fortify_*", "fortify_panic", "__ubsan_*", "__asan_*", "__kasan_*",
"kasan_*", "__sanitizer_*", "__kmsan_*", "__kcsan_*", "__tsan_*", "__WARN_trap", "__warn",
"__cfi_*", "__sw_hweight*",
