// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.agent;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.killswitch.catalogue.Catalogue;
import org.killswitch.catalogue.Entry;
import org.killswitch.catalogue.facts.HostFacts;
import org.killswitch.catalogue.verdict.CvePlaces;
import org.killswitch.control.ControlException;
import org.killswitch.control.Engagement;
import org.killswitch.control.Killswitch;
import org.killswitch.control.SymbolName;
import org.killswitch.control.trace.HitSource;
import org.killswitch.control.trace.HitTrace;
import org.killswitch.host.SystemFiles;
import org.killswitch.policy.AtomicFile;
import org.killswitch.policy.Boot;
import org.killswitch.policy.LiveOverrides;
import org.killswitch.policy.ModuleParameters;
import org.killswitch.policy.Overrides;
import org.killswitch.policy.Policy;
import org.killswitch.policy.PolicyException;
import org.killswitch.policy.RebootNote;
import org.killswitch.policy.Resolution;
import org.killswitch.policy.Resolver;
import org.killswitch.posix.Architecture;

/** The host that this process runs on. */
public final class LiveHost implements ManagedHost {

    /** The fleet's part of the host's policy: killswitch.service follows it at boot, before there is a network. */
    private static final String FILE = Policy.FOLDER + "/50-fleet.yaml";

    /** What a test of the catalogue may take; most read a file or two of /proc. */
    private static final Duration IN_USE_LIMIT = Duration.ofSeconds(20);

    private final Killswitch killswitch;
    private final SystemFiles files;
    private final CvePlaces places;
    private final PrintWriter err;

    /**
     * A host.
     *
     * @param err takes what is wrong with the data about vulnerabilities
     */
    public LiveHost(Killswitch killswitch, SystemFiles files, CvePlaces places, PrintWriter err) {
        this.killswitch = killswitch;
        this.files = files;
        this.places = places;
        this.err = err;
    }

    @Override
    public Overrides overrides(Optional<Duration> limit) {
        return new LiveOverrides(killswitch, files, limit);
    }

    @Override
    public Resolution resolve(Policy policy) {
        return Resolver.of(places, policy, List.of(), err).resolve(policy);
    }

    @Override
    public Policy ownPolicy() {
        Policy all = Policy.read(files.path(Policy.FOLDER), ZoneId.systemDefault());
        Path ours = files.path(FILE);
        return new Policy(
                all.entries().stream().filter(e -> !e.file().equals(ours)).toList(), all.problems());
    }

    @Override
    public void savePolicy(Optional<String> text) throws PolicyException {
        Path file = files.path(FILE);
        if (text.isPresent()) {
            AtomicFile.write(file, text.get());
            return;
        }
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new PolicyException(file + " cannot be removed: " + e.getMessage(), e);
        }
    }

    @Override
    public List<SymbolName> parameters() {
        return ModuleParameters.ofOthers(new HostFacts(files.path("/"), Architecture.host()), files);
    }

    @Override
    public Vitals vitals() {
        return new Vitals(
                Boot.id(files),
                number("/sys/kernel/oops_count"),
                number("/sys/kernel/warn_count"),
                number("/proc/sys/kernel/tainted"));
    }

    /** Older kernels do not count; then the taint says that there was one. */
    private long number(String file) {
        return files.text(file)
                .filter(t -> t.matches("[0-9]{1,18}"))
                .map(Long::parseLong)
                .orElse(0L);
    }

    @Override
    public List<String> reboots() {
        return RebootNote.read(files);
    }

    @Override
    public Map<String, Long> hits() throws ControlException {
        Map<String, Long> hits = new LinkedHashMap<>();
        for (Engagement engagement : killswitch.engagements()) {
            hits.put(engagement.symbol().text(), engagement.hits());
        }
        return hits;
    }

    @Override
    public HitSource follow() throws ControlException {
        return HitTrace.open(Set.of(), HitTrace.Size.SMALL);
    }

    @Override
    public boolean isInUse(String cve) throws PolicyException {
        Optional<String> test = Catalogue.read(places.catalogue(), cve::equals)
                .entry(cve)
                .flatMap(Entry::inUse)
                .flatMap(Entry.InUse::test);
        if (test.isEmpty()) {
            return false;
        }
        try {
            return Subprocess.run(List.of("sh", "-c", test.get()), IN_USE_LIMIT).status() == 0;
        } catch (PolicyException e) {
            throw new PolicyException("whether " + cve + " is in use here cannot be told: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PolicyException("interrupted", e);
        }
    }

    @Override
    public byte[] scan() throws PolicyException, InterruptedException {
        return CveScan.run();
    }
}
