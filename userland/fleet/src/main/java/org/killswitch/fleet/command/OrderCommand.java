// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.command;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.killswitch.cli.Host;
import org.killswitch.cli.output.Messages;
import org.killswitch.fleet.api.Order;
import org.killswitch.policy.PolicyException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code killswitch fleet halt}, {@code resume} and {@code rollback}. */
@Command
final class OrderCommand implements Callable<Integer> {

    private final Host host;
    private final Order.Verb verb;

    @Parameters(paramLabel = "REASON", arity = "0..*", description = "Why, for the record.")
    private List<String> reason = List.of();

    @Mixin
    private final FleetOptions options = new FleetOptions();

    OrderCommand(Host host, Order.Verb verb) {
        this.host = host;
        this.verb = verb;
    }

    String word() {
        return Messages.word(verb);
    }

    String header() {
        return switch (verb) {
            case HALT -> "Open nothing more. Hosts on trial undo the policy when their countdown ends.";
            case RESUME -> "Go on. A ring that was taken back is opened again.";
            case ROLLBACK -> "Take the policy back from all hosts: each keeps again what it kept before.";
        };
    }

    /** Who types this: the certificate is that of all operators. */
    private static String who() {
        return Optional.ofNullable(System.getenv("SUDO_USER")).orElse(System.getProperty("user.name"));
    }

    @Override
    public Integer call() throws PolicyException, InterruptedException {
        try (Session session = new Session(options.config())) {
            long serial = session.requireRollout().serial();
            boolean followed = session.order(new Order(serial, verb, who(), String.join(" ", reason)));
            if (!followed) {
                throw new PolicyException(
                        "the order is stored, and no controller has followed it yet; see that killswitch fleet serve runs");
            }
        }
        host.out().println(word() + " is followed; see killswitch fleet status");
        return 0;
    }
}
