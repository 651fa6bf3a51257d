// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.policy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.killswitch.cli.HelpOption;
import org.killswitch.cli.Host;
import org.killswitch.control.ControlException;
import org.killswitch.policy.Policy;
import org.killswitch.policy.PolicyException;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code killswitch diff [--policy DIR] [--json]}. */
@Command(
        name = "diff",
        header = "Show where this host differs from its policy.",
        description = {
            "",
            "The policy is in /etc/killswitch/policy.d; policy.md, in docs or /usr/share/doc/killswitch, says how it is"
                    + " written. A line with + is in the policy and not engaged, with - is engaged and not in the policy,"
                    + " with ~ is engaged in another way. 'killswitch apply' makes these changes.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  killswitch diff",
            "  killswitch diff --policy next.d     # before it is put into place",
            "",
            "Exit status: 0 nothing differs, 3 something does, 1 failed or the policy is wrong, 2 wrong usage."
        })
public final class DiffCommand implements Callable<Integer> {

    private static final int DIFFERS = 3;

    private final Host host;
    private final HostPolicy policy;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private final HelpOption help = new HelpOption();

    @Option(
            names = "--policy",
            paramLabel = "DIR",
            description = "Compare with the policy in another folder: what 'killswitch apply' would do with it.")
    private @Nullable Path folder;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    public DiffCommand(Host host) {
        this(host, new HostPolicy(host));
    }

    DiffCommand(Host host, HostPolicy policy) {
        this.host = host;
        this.policy = policy;
    }

    @Override
    public Integer call() throws ControlException, PolicyException {
        if (folder != null && !Files.isDirectory(folder)) {
            throw new PolicyException(folder + " is no folder");
        }
        Policy compared = folder == null ? policy.policy() : Policy.read(folder, host.zone());
        HostPolicy.Difference difference = policy.difference(compared, false);
        if (json) {
            host.out().println(PolicyOutput.json(difference, false));
        } else {
            PolicyOutput.lines(host, difference);
        }
        if (!difference.problems().isEmpty()) {
            return ExitCode.SOFTWARE;
        }
        return difference.plan().changes().isEmpty() ? ExitCode.OK : DIFFERS;
    }
}
