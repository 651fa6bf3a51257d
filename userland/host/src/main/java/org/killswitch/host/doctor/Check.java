// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.doctor;

import java.util.Locale;
import java.util.function.Function;

/** What is checked, in the order of the report. */
public enum Check {
    KERNEL(KernelChecks::kernel, false),
    CONFIG(KernelChecks::configuration, false),
    SYMBOLS(KernelChecks::symbols, true),
    SECURITYFS(KernelChecks::securityfs, false),
    MODULE(ModuleChecks::module, true),
    NEXT_BOOT(ModuleChecks::nextBoot, true),
    DKMS(ModuleChecks::dkms, true),
    HEADERS(ModuleChecks::headers, true),
    COMPILER(ModuleChecks::compiler, true),
    LOCKDOWN(SecurityChecks::lockdown, true),
    SIGNATURES(SecurityChecks::signatures, true),
    SECURE_BOOT(SecurityChecks::secureBoot, true),
    FTRACE(OverrideChecks::ftrace, true),
    KPROBES(OverrideChecks::kprobes, true),
    OWNERS(OverrideChecks::owners, true),
    PLACES(OverrideChecks::places, true),
    BTF(BpfChecks::btf, true),
    BPFFS(BpfChecks::bpffs, true),
    LIBBPF(BpfChecks::libbpf, true),
    LOADER(BpfChecks::loader, true),
    CGROUP(BpfChecks::cgroup, true),
    GUARDS(BpfChecks::guards, true),
    ENGAGEBPF(BpfChecks::engagebpf, true),
    AUDIT(AccountChecks::audit, true),
    LOG(AccountChecks::log, true),
    TAINT(AccountChecks::taint, false),
    PRIVILEGE(AccountChecks::privilege, false);

    @SuppressWarnings("ImmutableEnumChecker") // a method without state
    private final Function<HostFacts, Finding> look;

    /** Whether it says something about a kernel only if that takes modules. */
    private final boolean ofModules;

    Check(Function<HostFacts, Finding> look, boolean ofModules) {
        this.look = look;
        this.ofModules = ofModules;
    }

    /** What the check finds on a host. */
    public Finding on(HostFacts host) {
        if (ofModules && host.lacks("MODULES")) {
            return Finding.unknown(
                    name().toLowerCase(Locale.ROOT).replace('_', '-'), "not checked: this kernel takes no modules", "");
        }
        return look.apply(host);
    }
}
