// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.doctor;

import java.util.function.Function;

/** What is checked, in the order of the report. */
public enum Check {
    KERNEL(KernelChecks::kernel),
    CONFIG(KernelChecks::configuration),
    SECURITYFS(KernelChecks::securityfs),
    MODULE(ModuleChecks::module),
    HEADERS(ModuleChecks::headers),
    COMPILER(ModuleChecks::compiler),
    LOCKDOWN(SecurityChecks::lockdown),
    SIGNATURES(SecurityChecks::signatures),
    SECURE_BOOT(SecurityChecks::secureBoot),
    FTRACE(OverrideChecks::ftrace),
    KPROBES(OverrideChecks::kprobes),
    OWNERS(OverrideChecks::owners),
    BTF(BpfChecks::btf),
    BPFFS(BpfChecks::bpffs),
    LIBBPF(BpfChecks::libbpf),
    GUARDS(BpfChecks::guards),
    ENGAGEBPF(BpfChecks::engagebpf),
    AUDIT(AccountChecks::audit),
    TAINT(AccountChecks::taint),
    PRIVILEGE(AccountChecks::privilege);

    @SuppressWarnings("ImmutableEnumChecker") // a method without state
    private final Function<HostFacts, Finding> look;

    Check(Function<HostFacts, Finding> look) {
        this.look = look;
    }

    /** What the check finds on a host. */
    public Finding on(HostFacts host) {
        return look.apply(host);
    }
}
