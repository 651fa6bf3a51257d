// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.killswitch.advice.flow.Value.Sign;
import org.killswitch.host.text.Symbol;

/** Whether the function decides about permission, and the value would say yes. */
final class Permission {

    private static final Finding.Id ID = Finding.Id.PERMISSION;

    /** Each hook of the security modules has a function of this name: the kernel's own list of them. */
    static final String HOOK = "bpf_lsm_";

    /** What the names of the security modules' functions begin with, before the hook's name. */
    private static final List<String> MODULES = List.of(
            "security_",
            "selinux_",
            "apparmor_",
            "smack_",
            "tomoyo_",
            "yama_",
            "hook_",
            "lockdown_",
            "loadpin_",
            "safesetid_",
            "ipe_",
            "bpf_lsm_",
            "cap_");

    /** Functions of the kernel that ask the modules. */
    private static final String OF_KERNEL = "security_";

    private static final Pattern DECIDES = Pattern.compile(
            "(^|.*_)(capable|capability|permission|permitted|allowed|may|verify|verified|auth|authenticate|appraise)(_.*|$)"
                    + "|^(may|can)_.*|.*(_noaudit|_wrt_inode_uidgid)$|^cap_.*");

    /** Words with which a name means something else than a decision. */
    private static final Set<String> OTHERWISE = Set.of("init", "alloc", "free", "show", "dump", "put", "get");

    private Permission() {}

    static Optional<Finding> of(Subject subject) {
        Optional<String> why = decides(subject);
        if (why.isEmpty() || subject.retval().isEmpty()) {
            return why.map(w -> Finding.of(ID, Level.WARNING, w + ": take no value that says yes"));
        }
        if (subject.returns(Signature.Kind.VOID)) {
            return Optional.empty();
        }
        long value = subject.retval().getAsLong();
        boolean allows = subject.returns(Signature.Kind.BOOL) ? value != 0 : Sign.of(value) != Sign.ERROR;
        if (!allows) {
            return Optional.of(Finding.of(ID, Level.OK, why.get() + "; " + Subject.describe(value) + " says no"));
        }
        return Optional.of(
                Finding.of(ID, Level.NEVER, why.get() + ", and " + Subject.describe(value) + " says yes to everyone"));
    }

    private static Optional<String> decides(Subject subject) {
        String name = subject.plainName();
        for (String module : MODULES) {
            if (name.startsWith(module)) {
                String hook = HOOK + name.substring(module.length());
                List<Symbol> found = subject.kernel().text().symbols().named(hook);
                if (module.equals(OF_KERNEL) && !isOtherwise(name) && found.isEmpty()) {
                    return Optional.of("by its name it asks the security modules");
                }
                if (!found.isEmpty()) {
                    return Optional.of("it decides about permission (the kernel has the hook " + hook + ")");
                }
            }
        }
        return DECIDES.matcher(name).matches() && !isOtherwise(name)
                ? Optional.of("by its name it decides about permission")
                : Optional.empty();
    }

    private static boolean isOtherwise(String name) {
        return List.of(name.split("_")).stream().anyMatch(OTHERWISE::contains);
    }
}
