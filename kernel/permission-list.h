/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What decides about permission, lockdown or verification: names and shell
 * patterns, without the suffixes that compilers add, by what their values
 * mean. permission.c includes this; the first list that has a name counts, in
 * this order, with the kernel's own list of hooks in front of the last one.
 */

/* What stands in front of a hook's name: its callers, and the security modules. */
KS_DECISIONS(ks_hook_prefixes,
	"security_", "bpf_lsm_", "selinux_", "apparmor_", "smack_", "tomoyo_", "hook_", "cap_",
	"yama_", "loadpin_", "lockdown_", "safesetid_", "ipe_", "ima_", "evm_", "integrity_",
	"landlock_"
);

/*
 * No value denies: what hands its decision over in memory, what takes effect by
 * its body alone, and what means something else from one kernel to the next.
 */
KS_DECISIONS(ks_any_allows,
	/* callers of void hooks with names of their own */
	"security_*_free*", "security_free_mnt_opts", "security_compute_*",
	"security_sk_clone", "security_sk_classify_flow", "security_skb_classify_flow",
	"security_transfer_creds", "security_add_hooks", "security_dump_masked_av",
	/* access vectors and permission sets that are computed into memory */
	"avc_compute_av", "context_struct_compute_av", "cond_compute_*", "services_compute_*",
	"type_attribute_bounds_av", "aa_apply_modes_to_perms", "aa_compute_*perms",
	"aa_compute_profile_mediates", "aa_perms_accum*", "aa_profile_match_label",
	"aa_profile_capget", "aa_inherit_files", "__aa_transition_rlimits", "tomoyo_check_acl",
	"tomoyo_check_profile", "tomoyo_get_mode", "tomoyo_init_request_info",
	"landlock_init_layer_masks", "landlock_get_*_mask*", "scope_to_request",
	"match_exception*",
	/* void functions of security modules that restrict, record or enforce */
	"selinux_policy_commit", "selinux_status_update_*", "selinux_notify_policy_change",
	"selinux_complete_init", "selinux_ima_measure_state*", "selinux_netlbl_*_clone",
	"selinux_netlbl_sk_security_*", "yama_ptracer_del", "yama_relation_cleanup",
	"ima_add_violation", "ima_store_measurement", "ima_audit_measurement",
	"ima_check_last_writer", "ima_file_free", "ima_update_policy*", "ima_delete_rules",
	"ima_reset_appraise_flags", "ima_measure*", "ima_measurements_stop", "ima_policy_stop",
	"ima_post_*", "evm_post_*", "ima_inode_post_*", "evm_inode_post_*", "ima_queue_key",
	"ima_should_queue_key", "ima_process_queued_keys", "ima_kexec_cmdline",
	"ima_load_kexec_buffer", "ima_template_has_modsig", "ipe_build_eval_ctx",
	"ipe_audit_*",
	/* system call filters: the type of these has changed */
	"__secure_computing", "secure_computing", "secure_computing_strict",
	"__seccomp_filter", "__seccomp_permit_syscall", "seccomp_run_filters",
	/* privileges that are given up or back */
	"override_creds", "revert_creds", "setattr_should_drop_*", "should_remove_suid",
	"set_module_sig_enforced", "set_kexec_sig_enforced", "bprm_fill_uid"
);

/* A bool, a count or a set of rights: anything but 0 allows. */
KS_DECISIONS(ks_nonzero_allows,
	/* capabilities */
	"capable", "capable_noaudit", "ns_capable", "ns_capable_*", "file_ns_capable",
	"has_capability*", "has_ns_capability*", "capable_wrt_inode_uidgid",
	"privileged_wrt_inode_uidgid", "ptracer_capable", "inode_owner_or_capable",
	"in_group_or_capable", "mount_capable", "netlink_capable", "*netlink_ns_capable",
	"netlink_net_capable", "sk_capable", "sk_ns_capable", "sk_net_capable",
	"sockopt_capable", "sockopt_ns_capable", "rtnl_dev_link_net_capable",
	"bpf_token_capable", "bpf_token_allow_*", "bpf_capable", "perfmon_capable",
	"checkpoint_restore_ns_capable", "bpf_ns_capable", "has_cap_mac_admin",
	/* who may do what to whom */
	"ptrace_may_access", "ptrace_has_cap", "ptracer_access_allowed", "has_pid_permissions",
	"kill_ok_by_cred", "in_group_p", "in_egroup_p", "groups_search", "vfsgid_in_group_p",
	"in_userns", "current_in_userns", "may_mount", "may_open_dev", "may_setgroups",
	"userns_may_setgroups", "may_see_all_namespaces", "mnt_may_suid",
	"net_current_may_mount", "kobj_ns_current_may_mount", "safe_hardlink_source",
	"fuse_allow_current_process", "devmem_is_allowed", "range_is_allowed",
	"phys_mem_access_prot_allowed", "pfn_modify_allowed", "net_ctl_permissions",
	"ipc_permissions", "mq_permissions", "pid_table_root_permissions",
	/* verification */
	"kexec_load_permitted", "regdb_has_valid_signature", "fsverity_verify_blocks",
	"fsverity_verify_page", "fsverity_verify_pending_blocks", "verify_data_block*",
	"verify_page", "verify_sha256_digest", "verify_container", "verify_equivalence_table",
	"trust_moklist", "imputed_trust_enabled", "within_error_injection_list",
	"btf_kfunc_is_allowed", "may_access_direct_pkt_data", "may_update_sockmap",
	"bpf_d_path_allowed", "bpf_ima_inode_hash_allowed", "bpf_sk_storage_tracing_allowed",
	/* security modules */
	"*_xfrm_state_pol_flow_match", "*_inode_xattr_skipcap", "aa_*_capable",
	"policy_*_capable", "aa_label_is_*subset", "aa_ns_visible", "aa_rawdata_eq",
	"aa_resize_str_table", "aa_unpack_cap_*", "aa_unpack_nameX", "aa_unpack_u32",
	"aa_label_init", "aa_label_remove", "__label_remove", "aa_label_replace",
	"aa_policy_init", "aa_update_label_name", "verify_perms", "verify_dfa_accept_index",
	"mls_*_isvalid", "policydb_*_isvalid", "smack_privileged*", "ipe_digest_eval",
	"is_access_to_paths_allowed", "landlock_unmask_layers", "unmask_layers_fs",
	"collect_domain_accesses", "ptracer_exception_found", "task_is_descendant",
	"tomoyo_check_*_acl", "tomoyo_condition", "tomoyo_*match*", "tomoyo_compare_*",
	"tomoyo_same_*", "tomoyo_merge_*", "tomoyo_correct_*", "tomoyo_parse_*union",
	"tomoyo_parse_ulong", "tomoyo_permstr", "tomoyo_domain_def",
	"tomoyo_domain_quota_is_ok", "tomoyo_memory_ok", "tomoyo_str_starts", "tomoyo_numscan",
	"tomoyo_find_yesno", "tomoyo_dump_page", "tomoyo_flush", "tomoyo_print_entry",
	"tomoyo_read_group", "tomoyo_manager"
);

/* A bool that is true for "denied", or "enforce it". */
KS_DECISIONS(ks_false_allows,
	"path_noexec", "is_module_sig_enforced", "arch_get_secureboot",
	"arch_ima_get_secureboot", "is_ima_appraise_enabled", "ima_detect_file_change",
	"evm_metadata_changed", "evm_revalidate_status", "domain_is_scoped", "task_is_scoped"
);

/* An int, or a pointer: an errno denies. */
KS_DECISIONS(ks_zero_allows,
	/* security modules, and what they are made of */
	"security_*", "selinux_*", "apparmor_*", "smack_*", "smk_*", "tomoyo_*", "yama_*",
	"loadpin_*", "lockdown_*", "safesetid_*", "ipe_*", "landlock_*", "aa_*", "__aa_*",
	"avc_*", "ima_*", "evm_*", "integrity_*", "cap_inode_*", "cap_vm_enough_memory",
	"cap_mmap_*", "cap_safe_nice", "cap_capable*", "cap_convert_nscap",
	"cap_validate_magic", "get_vfs_caps_from_disk", "audit_alloc_security",
	"lock_kernel_down", "sel_*_write", "*_has_perm", "*_has_perm_*",
	"*_has_extended_perms", "common_*perm*", "profile_*_perm", "unix_*_perm",
	"check_access_path*", "current_check_access_*", "check_access", "process_measurement",
	"process_buffer_measurement", "devcgroup_*_permission", "__cgroup_bpf_run_filter_*",
	"mls_context_*", "validatetrans_*", "devcgroup_update_access",
	/* files */
	"*_permission", "*_permission_check", "*_check_permission", "*_check_perm", "*get_acl",
	"*get_inode_acl", "check_acl", "may_create*", "may_delete*", "may_link*",
	"may_o_create", "may_open", "may_lookup", "may_follow_link", "may_setattr",
	"may_write_xattr", "may_change_ptraced_domain", "may_context_mount_*", "sysctl_perm",
	"setattr_prepare", "rw_verify_area", "remap_verify_area", "inode_change_ok",
	"inode_newsize_ok", "dentry_needs_remove_privs", "*file_remove_privs*", "ipcperms",
	"check_syslog_permissions", "cgroup_attach_permissions", "fh_verify",
	"check_nfsd_access", "nfsd_setuser", "smb_check_perm_dacl",
	/* processes */
	"*ptrace_may_access", "ptrace_attach", "ptrace_traceme", "perf_allow_*",
	"key_validate", "bpf_token_create", "io_*_restrictions", "seccomp_attach_filter",
	"seccomp_check_filter", "seccomp_set_mode_*", "do_seccomp", "prctl_set_seccomp",
	"*_sys_seccomp",
	/* privileges that a process gives up: it must not believe that it has */
	"commit_creds", "set_current_groups", "*_sys_set*uid*", "*_sys_set*gid*",
	"__sys_set*uid", "__sys_set*gid", "*_sys_setgroups*", "*_sys_capset",
	"*_sys_landlock_restrict_self", "*_sys_landlock_add_rule",
	/* signatures and digests */
	"mod_verify_sig", "mod_check_sig", "module_sig_check", "*verify_pkcs7_*",
	"pkcs7_verify*", "pkcs7_validate_trust*", "pkcs7_check_authattrs",
	"public_key_verify_signature*", "*verify_signature", "*_verify_sig",
	"asymmetric_verify*", "digsig_verify*", "crypto_sig_verify", "sig_default_verify",
	"*ecdsa*verify*", "ecrdsa_verify", "mldsa_verify*", "pkcs1pad_verify*",
	"rsassa_pkcs1_verify*", "verify_pefile_signature", "kexec_kernel_verify_pe_sig",
	"kimage_validate_signature", "x509_check_*", "x509_get_sig_params", "restrict_link_*",
	"is_hash_blacklisted", "is_binary_blacklisted", "is_key_on_revocation_list",
	"mark_*hash_blacklisted", "verity_*", "verify_patch", "crypto_memneq",
	"__crypto_memneq", "keyctl_pkey_verify", "keyctl_restrict_keyring", "keyring_restrict",
	"datablob_hmac_verify",
	/* programs that the kernel lets in */
	"bpf_check", "bpf_check_classic", "bpf_check_attach_target",
	"bpf_prog_load_check_attach", "btf_check_*"
);
