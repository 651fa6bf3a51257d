// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.dev;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.killswitch.catalogue.Entry;
import org.killswitch.catalogue.data.ImportException;
import org.killswitch.catalogue.data.Verification;
import org.killswitch.catalogue.data.Verification.Outcome;
import org.killswitch.catalogue.data.VerifiedFile;
import org.killswitch.catalogue.verdict.CveData;
import org.killswitch.catalogue.verdict.CvePlaces;
import org.killswitch.cli.output.Json;
import org.killswitch.control.ControlException;
import org.killswitch.control.Engagement;
import org.killswitch.control.Killswitch;
import org.killswitch.control.Reason;
import org.killswitch.host.SystemFiles;
import org.killswitch.lab.Commands;
import org.killswitch.policy.Applier;
import org.killswitch.policy.Desired;
import org.killswitch.policy.LiveOverrides;
import org.killswitch.policy.Plan;
import org.killswitch.policy.PolicyEntry;
import org.killswitch.policy.PolicyException;
import org.killswitch.policy.Resolver;

/**
 * The part of {@link Doors} that runs in the guest: engages what each entry says for the kernel that runs, as {@code cve
 * apply} does, and goes through the entry's door before, during and after. One Java process for all entries, since its
 * start takes longer than everything else. Also against flaws that the kernel has the fix of: what is verified is that
 * the engagement closes the door.
 */
final class DoorsInGuest {

    /** Where things are in the guest. */
    static final String MITIGATIONS = "/mitigations";

    static final String DOOR = "/bin/door";

    private static final int OPEN = 0;
    private static final int CLOSED = 1;
    private static final int ABSENT = 4;

    private final String kernel;
    private final String packageVersion;
    private final CveData data;
    private final Resolver resolver;
    private final Killswitch killswitch = Killswitch.ofThisHost();
    private final LiveOverrides overrides = new LiveOverrides(killswitch, new SystemFiles(Path.of("/")));

    private DoorsInGuest(String kernel, String packageVersion, CveData data) {
        this.kernel = kernel;
        this.packageVersion = packageVersion;
        this.data = data;
        resolver = new Resolver(() -> data, data.facts(), Instant.now());
    }

    /** What a door said, and its exit status. */
    private record Tried(int status, String text) {}

    /** Takes what to call the kernel, its package's version, and the CVEs; prints what {@link VerifiedFile} reads. */
    public static void main(String[] args) throws ImportException, ControlException {
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        CvePlaces places = new CvePlaces(Path.of("/"), List.of(Path.of(MITIGATIONS)), Path.of("/nothing-imported"));
        DoorsInGuest doors = new DoorsInGuest(args[0], args[1], CveData.read(places, cve -> false, err));
        List<Verification> all = new ArrayList<>();
        for (String cve : List.of(args).subList(2, args.length)) {
            Verification v = doors.verify(doors.data.catalogue().entry(cve).orElseThrow());
            err.println(cve + " (" + v.door() + "): " + v.summary());
            all.add(v);
        }
        System.out.println(Json.render(VerifiedFile.tree(all), false));
    }

    private Verification verify(Entry entry) throws ControlException, ImportException {
        Optional<Entry.Engagement> chosen = data.judge().choose(entry);
        List<String> texts = chosen.stream()
                .flatMap(e -> e.functions().stream())
                .map(Verification::text)
                .toList();
        Tried before = go(entry);
        List<Tried> tried = List.of(before);
        if (chosen.isEmpty()) {
            String why = entry.noEngagement().isPresent() ? "the flaw has no clean one" : "none for this kernel";
            return result(entry, Outcome.NO_ENGAGEMENT, texts, tried, why);
        }
        return switch (before.status) {
            case OPEN -> closeAndOpen(entry, texts, before);
            case ABSENT -> result(entry, Outcome.NOT_HERE, texts, tried, before.text.replaceFirst("^not here: ", ""));
            default -> result(entry, Outcome.FAILED, texts, tried, "the door is not open before");
        };
    }

    private Verification closeAndOpen(Entry entry, List<String> texts, Tried before)
            throws ControlException, ImportException {
        List<Desired> desired;
        try {
            desired = resolver.functions(entry.cve(), PolicyEntry.Mode.ENGAGE, new Reason(entry.cve()), entry.cve());
            new Applier(overrides).apply(Plan.of(desired, List.of(), List.of()));
        } catch (PolicyException e) {
            return result(entry, Outcome.FAILED, texts, List.of(before), String.valueOf(e.getMessage()));
        }
        Tried during = go(entry);
        long hits =
                killswitch.engagements().stream().mapToLong(Engagement::hits).sum();
        for (Desired d : desired) {
            overrides.disengage(d.symbol());
        }
        Tried after = go(entry);
        List<Tried> all = List.of(before, during, after);
        if (during.status != CLOSED) {
            return result(entry, Outcome.FAILED, texts, all, "the engagement does not close the door");
        } else if (hits == 0) {
            return result(entry, Outcome.FAILED, texts, all, "what is engaged was not called");
        } else if (after.status != OPEN) {
            return result(entry, Outcome.FAILED, texts, all, "the door is not open after");
        }
        return result(entry, Outcome.CLOSED, texts, all, "");
    }

    private static Tried go(Entry entry) {
        Commands.Ended ended =
                Commands.run(Path.of("/"), List.of(DOOR, entry.door().orElseThrow()));
        String said = ended.output().strip();
        return new Tried(ended.status(), said.substring(said.lastIndexOf('\n') + 1));
    }

    private Verification result(Entry entry, Outcome outcome, List<String> engaged, List<Tried> tried, String reason) {
        List<String> said = new ArrayList<>(tried.stream().map(Tried::text).toList());
        while (said.size() < 3) {
            said.add("");
        }
        return new Verification(
                entry.cve(),
                kernel,
                data.facts().release(),
                packageVersion,
                entry.door().orElseThrow(),
                outcome,
                engaged,
                said.get(0),
                said.get(1),
                said.get(2),
                Optional.of(reason).filter(r -> !r.isEmpty()));
    }
}
