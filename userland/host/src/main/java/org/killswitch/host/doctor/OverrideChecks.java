// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.doctor;

import static org.killswitch.host.doctor.Finding.note;
import static org.killswitch.host.doctor.Finding.ok;
import static org.killswitch.host.doctor.Finding.problem;
import static org.killswitch.host.doctor.Finding.unknown;
import static org.killswitch.host.doctor.Finding.warning;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.killswitch.control.ControlException;
import org.killswitch.control.Tree;
import org.killswitch.host.SystemFiles.Content;

/** What overrides functions in the kernel, and who else does. */
final class OverrideChecks {

    /** A line of enabled_functions: the function, its module, and R, I, D, O ... for how its entry is used. */
    private static final Pattern ENABLED_FUNCTION =
            Pattern.compile("^(\\S+)(?: \\[(\\S+)\\])? \\(\\d+\\)\\s*([A-Z](?:\\s+[A-Z])*)?(?:\\s.*)?$");

    /** As many functions can be engaged, observed or pending at a time. */
    private static final int PLACES = 1024;

    private OverrideChecks() {}

    static Finding places(HostFacts host) {
        if (!host.isLoaded()) {
            return ok("places", "none is used: the module is not loaded");
        }
        String tree = HostFacts.SECURITYFS + "/killswitch/";
        long engaged = host.files().lines(tree + "engaged").size();
        long observed = host.files().list(tree + "fn").size(); // root sees these; what is engaged is among them
        long used = Math.max(engaged, observed)
                + host.files().lines(tree + "pending").size();
        String found = used + " of " + PLACES + " for functions are used";
        return used < PLACES * 9 / 10
                ? ok("places", found)
                : warning("places", found, "disengage what is not needed; when all are used, engage fails");
    }

    static Finding ftrace(HostFacts host) {
        return switch (host.files().text("/proc/sys/kernel/ftrace_enabled").orElse("")) {
            case "1" -> ok("ftrace", "on");
            case "0" ->
                problem(
                        "ftrace",
                        "kernel.ftrace_enabled is 0: nothing can be engaged",
                        "sysctl kernel.ftrace_enabled=1");
            default -> unknown("ftrace", "kernel.ftrace_enabled cannot be read", "is this kernel built with ftrace?");
        };
    }

    static Finding kprobes(HostFacts host) {
        return switch (host.files().read("/sys/kernel/debug/kprobes/enabled")) {
            case Content.Text t when t.text().strip().equals("1") -> ok("kprobes", "on");
            case Content.Text t ->
                warning(
                        "kprobes",
                        "switched off: functions without an ftrace site cannot be engaged",
                        "echo 1 > /sys/kernel/debug/kprobes/enabled");
            case Content.Absent a
            when host.lacks("KPROBES") -> warning("kprobes", "not in this kernel", "boot a kernel with CONFIG_KPROBES");
            case Content.Absent a ->
                unknown("kprobes", "debugfs is not mounted", "mount -t debugfs debugfs /sys/kernel/debug");
            case Content.Unreadable u -> unknown("kprobes", "their state is visible to root only", HostFacts.AS_ROOT);
        };
    }

    /** What else redirects functions: those cannot be engaged. What we have engaged ourselves is not among it. */
    static Finding owners(HostFacts host) {
        List<String> owners = new ArrayList<>();
        for (String patch : host.files().list("/sys/kernel/livepatch")) {
            owners.add("livepatch " + patch);
        }
        Content enabled = firstReadable(
                host, "/sys/kernel/tracing/enabled_functions", "/sys/kernel/debug/tracing/enabled_functions");
        if (!(enabled instanceof Content.Text t)) {
            return owners.isEmpty() ? unknownOwners(enabled) : owned(owners);
        }
        Set<String> engaged = engaged(host);
        for (String line : t.text().lines().toList()) {
            Matcher m = ENABLED_FUNCTION.matcher(line);
            if (m.matches()
                    && m.group(3) != null
                    && m.group(3).contains("I")
                    && !engaged.contains(m.group(1))
                    && !"killswitch".equals(m.group(2))) {
                owners.add(m.group(1) + (m.group(2) == null ? "" : " of " + m.group(2)));
            }
        }
        return owners.isEmpty() ? ok("owners", "nothing else redirects functions") : owned(owners);
    }

    private static Finding unknownOwners(Content enabled) {
        return enabled instanceof Content.Absent
                ? unknown(
                        "owners",
                        "tracefs is not mounted: which functions are redirected cannot be seen",
                        "mount -t tracefs tracefs /sys/kernel/tracing")
                : unknown("owners", "which functions are redirected is for root to see", HostFacts.AS_ROOT);
    }

    /** The functions that we have engaged; none where the module is not loaded, or says something unknown. */
    private static Set<String> engaged(HostFacts host) {
        try {
            return new Tree(host.files().path(HostFacts.SECURITYFS + "/killswitch"))
                    .engaged().stream().map(e -> e.symbol().function()).collect(Collectors.toSet());
        } catch (ControlException e) {
            return Set.of();
        }
    }

    private static Finding owned(List<String> owners) {
        int shown = Math.min(owners.size(), 5);
        String rest = owners.size() > shown ? " and " + (owners.size() - shown) + " more" : "";
        return note(
                "owners",
                "redirected by others: " + String.join(", ", owners.subList(0, shown)) + rest,
                "these functions cannot be engaged meanwhile");
    }

    /** The first that can be read; or else that one cannot be read, rather than that one is not there. */
    private static Content firstReadable(HostFacts host, String... candidates) {
        Content best = new Content.Absent();
        for (String file : candidates) {
            Content content = host.files().read(file);
            if (content instanceof Content.Text) {
                return content;
            }
            best = content instanceof Content.Unreadable ? content : best;
        }
        return best;
    }
}
