// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet;

import io.nats.client.Options;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import org.killswitch.fleet.agent.Agent;
import org.killswitch.fleet.agent.AgentLink;
import org.killswitch.fleet.agent.SimulatedHost;
import org.killswitch.fleet.api.FleetConfig;
import org.killswitch.fleet.api.Member;
import org.killswitch.fleet.api.Signatures;
import org.killswitch.policy.PolicyException;

/** Hosts whose agents are real, and whose kernels are not. */
public final class SimulatedFleet implements AutoCloseable {

    private final NatsServer server;
    private final Signatures signatures;
    private final AgentLink.Pace pace;
    private final Consumer<SimulatedHost> prepare;
    private final Map<String, Map<String, String>> labels = new LinkedHashMap<>();
    private final Map<String, SimulatedHost> hosts = new TreeMap<>();
    private final Map<String, Agent> agents = new TreeMap<>();
    private final Map<String, AgentLink> links = new TreeMap<>();
    private final Map<String, Duration> ahead = new ConcurrentHashMap<>();
    private final ExecutorService connecting = Executors.newVirtualThreadPerTaskExecutor();
    private final ScheduledExecutorService timers =
            Executors.newScheduledThreadPool(2, Thread.ofPlatform().daemon().factory());

    /** What the agents have logged. */
    public final ConcurrentLinkedQueue<String> log = new ConcurrentLinkedQueue<>();

    /**
     * Starts the agents.
     *
     * @param prepare has each host before its agent has it
     */
    public SimulatedFleet(
            NatsServer server,
            Signatures signatures,
            Map<String, Map<String, String>> labels,
            AgentLink.Pace pace,
            Consumer<SimulatedHost> prepare)
            throws PolicyException {
        this.server = server;
        this.signatures = signatures;
        this.pace = pace;
        this.prepare = prepare;
        for (Map.Entry<String, Map<String, String>> host : labels.entrySet()) {
            add(host.getKey(), host.getValue());
        }
    }

    /** Another host, whose agent starts. */
    public void add(String name, Map<String, String> itsLabels) throws PolicyException {
        SimulatedHost host = new SimulatedHost(System::nanoTime);
        prepare.accept(host);
        labels.put(name, itsLabels);
        hosts.put(name, host);
        startAgent(name);
    }

    /** Starts the agent of a host, which connects when it can. */
    void startAgent(String name) throws PolicyException {
        FleetConfig config = server.config(name, labels.get(name), signatures);
        Agent agent = new Agent(
                new Member(name, config.labels(), "6.1.0-28-amd64", "debian"),
                signatures,
                hosts.get(name),
                config.state(),
                () -> Instant.now().plus(ahead.getOrDefault(name, Duration.ZERO)),
                System::nanoTime);
        AgentLink link = new AgentLink(
                config,
                agent,
                pace,
                Executors.newSingleThreadScheduledExecutor(Thread.ofVirtual().factory()),
                line -> log.add(name + ": " + line),
                this::onVirtualThreads);
        agents.put(name, agent);
        links.put(name, link);
        connecting.execute(() -> {
            try {
                link.start();
            } catch (PolicyException e) {
                log.add(name + ": " + e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** Some threads for each of ten thousand connections are more than a process may have. */
    private Options.Builder onVirtualThreads(Options.Builder options) {
        ThreadFactory factory = Thread.ofVirtual().factory();
        return options.executor(connecting)
                .scheduledExecutor(timers)
                .connectThreadFactory(factory)
                .callbackThreadFactory(factory)
                .readerThreadFactory(factory)
                .writerThreadFactory(factory);
    }

    /** The agent is gone at once, and its host is as it left it. */
    void killAgent(String name) {
        links.remove(name).close();
    }

    /** Sets the clock of a host wrong. */
    void setClock(String name, Duration nowAhead) {
        ahead.put(name, nowAhead);
    }

    /** What an agent takes for its host. */
    public SimulatedHost host(String name) {
        return hosts.get(name);
    }

    /** What is engaged on each host. */
    public Map<String, List<String>> engaged() {
        Map<String, List<String>> all = new TreeMap<>();
        hosts.forEach((name, host) -> all.put(name, host.engaged()));
        return all;
    }

    /** On how many hosts anything is engaged. */
    public long inEffect() {
        return hosts.values().stream().filter(SimulatedHost::hasAnything).count();
    }

    /** How many hosts have been told to begin nothing new. */
    public long halted() {
        return agents.values().stream().filter(Agent::isHalted).count();
    }

    /** What is engaged on some hosts. */
    List<List<String>> engaged(List<String> names) {
        return names.stream().map(n -> hosts.get(n).engaged()).toList();
    }

    @Override
    public void close() {
        links.values().forEach(AgentLink::close);
        connecting.shutdownNow();
        timers.shutdownNow();
    }
}
