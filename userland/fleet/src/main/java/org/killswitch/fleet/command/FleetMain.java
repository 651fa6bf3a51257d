// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.command;

import org.killswitch.cli.CommandGroup;
import org.killswitch.cli.Errors;
import org.killswitch.cli.Host;
import org.killswitch.fleet.api.Order;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The program that {@code killswitch fleet} runs. Exit status: 0 done, 1 refused or failed, 2 usage. */
@Command(
        name = "killswitch fleet",
        header = "Roll a signed policy out to many hosts, ring by ring.",
        description = {
            "",
            "A policy is signed with an SSH key, and checked on each host. The controller (serve) opens one ring of hosts after"
                    + " the other, and takes the policy back where a gate does not hold. See docs/fleet.md.",
            ""
        })
public final class FleetMain extends CommandGroup {

    private FleetMain() {}

    /** The process. */
    public static void main(String[] args) {
        int status = run(Host.ofThisProcess(), args);
        System.out.flush();
        System.err.flush();
        System.exit(status);
    }

    /** Runs a command; its exit status. */
    public static int run(Host host, String... args) {
        CommandLine main = new CommandLine(new FleetMain())
                .setExpandAtFiles(false)
                .addSubcommand("plan", new PlanCommand(host))
                .addSubcommand("push", new PushCommand(host))
                .addSubcommand("status", new FleetStatusCommand(host))
                .addSubcommand("hosts", new HostsCommand(host))
                .addSubcommand("callers", new CallersCommand(host))
                .addSubcommand("report", new ReportCommand(host))
                .addSubcommand("watch", new FleetWatchCommand(host));
        for (Order.Verb verb : Order.Verb.values()) {
            OrderCommand command = new OrderCommand(host, verb);
            main.addSubcommand(command.word(), command);
            main.getSubcommands()
                    .get(command.word())
                    .getCommandSpec()
                    .usageMessage()
                    .header(command.header());
        }
        main.addSubcommand("serve", new ServeCommand(host));
        int status = Errors.reportTo(host, main).execute(args);
        host.out().flush();
        host.err().flush();
        return status;
    }
}
