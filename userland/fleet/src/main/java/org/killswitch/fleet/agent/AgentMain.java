// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.agent;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import org.killswitch.catalogue.facts.HostFacts;
import org.killswitch.catalogue.verdict.CvePlaces;
import org.killswitch.control.Killswitch;
import org.killswitch.control.trace.HitTrace;
import org.killswitch.fleet.api.FleetConfig;
import org.killswitch.fleet.api.Member;
import org.killswitch.host.SystemFiles;
import org.killswitch.policy.PolicyException;
import org.killswitch.posix.Architecture;

/** The program {@code killswitch-agent [CONFIG]}: runs until it is ended, and logs to standard output. */
public final class AgentMain {

    private static final String CONFIG = "/etc/killswitch/agent.yaml";

    private AgentMain() {}

    /** The process. Exit status: 1 where it cannot begin, 2 usage. */
    public static void main(String[] args) throws InterruptedException {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        if (args.length > 1 || (args.length == 1 && args[0].startsWith("-"))) {
            err.println("usage: killswitch-agent [CONFIG] (default: " + CONFIG + ")");
            System.exit(2);
        }
        try {
            FleetConfig config = FleetConfig.read(Path.of(args.length == 1 ? args[0] : CONFIG));
            SystemFiles files = new SystemFiles(Path.of("/"));
            Agent agent = new Agent(
                    member(config),
                    config.signatures(),
                    new LiveHost(Killswitch.ofThisHost(), files, CvePlaces.ofThisHost(), err),
                    config.state(),
                    InstantSource.system(),
                    System::nanoTime);
            HitTrace.removeAbandoned();
            Runtime.getRuntime().addShutdownHook(new Thread(agent::unfollow));
            new AgentLink(config, agent, AgentLink.Pace.USUAL, AgentLink.thread(), out::println).start();
        } catch (PolicyException e) {
            err.println("killswitch-agent: " + e.getMessage());
            System.exit(1);
        }
    }

    private static Member member(FleetConfig config) {
        HostFacts facts = new HostFacts(Path.of("/"), Architecture.host());
        return new Member(config.name(), config.labels(), facts.release(), facts.osRelease("ID"));
    }
}
