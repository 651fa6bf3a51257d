// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.command;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.killswitch.cli.Host;
import org.killswitch.fleet.api.Admission;
import org.killswitch.fleet.api.FleetConfig;
import org.killswitch.fleet.api.FleetPolicyReader;
import org.killswitch.fleet.api.Rollout;
import org.killswitch.fleet.api.Signatures;
import org.killswitch.fleet.api.SignedPolicy;
import org.killswitch.policy.PolicyException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code killswitch fleet push}. */
@Command(
        name = "push",
        header = "Begin to roll a signed policy out.",
        description = {
            "",
            "Without --key, POLICY.sig has to be there: ssh-keygen -Y sign -n killswitch-fleet -f KEY POLICY writes it.",
            ""
        })
final class PushCommand implements Callable<Integer> {

    private final Host host;

    @Parameters(paramLabel = "POLICY", description = "The policy.")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    @Option(names = "--key", paramLabel = "KEY", description = "Sign it with this SSH key first.")
    private @Nullable Path key;

    @Mixin
    private final FleetOptions options = new FleetOptions();

    PushCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() throws PolicyException, InterruptedException {
        FleetConfig configuration = options.config();
        String text = PlanCommand.text(file);
        // Before anything is signed: messages with the file's own name and lines.
        FleetPolicyReader.read(file, text);
        SignedPolicy signed = key == null
                ? SignedPolicy.of((PlanCommand.text(Path.of(file + ".sig")) + text).getBytes(StandardCharsets.UTF_8))
                : Signatures.sign(text, key);
        Admission admission = Admission.check(signed.message(), configuration.signatures());
        try (Session session = new Session(configuration)) {
            Optional<Rollout> before = session.rollout();
            admission.requireNewer(
                    before.map(Rollout::serial).orElse(0L),
                    before.map(Rollout::digest).orElse(""),
                    Instant.now());
            session.push(signed.message());
        }
        host.out()
                .println("serial " + admission.policy().serial() + ", signed by " + admission.signer()
                        + ", is pushed; see killswitch fleet status");
        return 0;
    }
}
