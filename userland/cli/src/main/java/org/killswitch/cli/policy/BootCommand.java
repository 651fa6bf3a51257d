// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.policy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.killswitch.cli.HelpOption;
import org.killswitch.cli.Host;
import org.killswitch.control.ControlException;
import org.killswitch.policy.Boot;
import org.killswitch.policy.Policy;
import org.killswitch.policy.PolicyException;
import org.killswitch.policy.Resolution;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code killswitch boot [--good]}: what the units of systemd run. */
@Command(
        name = "boot",
        hidden = true,
        header = "Load the module and engage the policy, as killswitch.service does at boot.",
        description = {
            "",
            "What needs no guard is a parameter of the module; the rest is engaged when it is loaded. What is about to be"
                    + " engaged is written to /etc/killswitch/boot.state first; if the system does not come up with it, the"
                    + " next boot leaves out what was new.",
            ""
        },
        footer = {"", "Exit status: 0 the policy is engaged, 1 something is left out or refused, 2 wrong usage."})
public final class BootCommand implements Callable<Integer> {

    private final Host host;
    private final HostPolicy policy;
    private final Boot.Loader loader;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private final HelpOption help = new HelpOption();

    @Option(names = "--good", description = "The system has come up: remember that it does with what is engaged.")
    private boolean good;

    public BootCommand(Host host) {
        this(host, new HostPolicy(host), BootCommand::modprobe);
    }

    BootCommand(Host host, HostPolicy policy, Boot.Loader loader) {
        this.host = host;
        this.policy = policy;
        this.loader = loader;
    }

    @Override
    public Integer call() throws ControlException, PolicyException {
        if (good) {
            host.out()
                    .println(
                            Boot.good(host.files()).isPresent()
                                    ? "the system came up with the policy"
                                    : "there is nothing to remember: this boot did not engage the policy");
            return ExitCode.OK;
        }
        Policy written = policy.policy();
        Resolution wanted = policy.resolver(written, List.of()).resolve(written);
        Boot.Outcome outcome = new Boot(host.files(), host.killswitch(), policy.overrides(), loader)
                .start(wanted, policy.parameters());
        outcome.engaged().forEach(e -> host.out().println(e));
        outcome.problems().forEach(p -> host.err().println("killswitch: " + p));
        return outcome.problems().isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    /** With -b, a blacklist on the kernel's command line is a way out, too. */
    private static void modprobe(List<String> parameters) throws PolicyException {
        List<String> command = new ArrayList<>(List.of("/sbin/modprobe", "-b", "killswitch"));
        command.addAll(parameters);
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new PolicyException(
                        "the killswitch module does not load: " + output.strip().replace('\n', ' '));
            }
        } catch (IOException e) {
            throw new PolicyException("modprobe cannot be run: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PolicyException("interrupted while the killswitch module was being loaded", e);
        }
    }
}
