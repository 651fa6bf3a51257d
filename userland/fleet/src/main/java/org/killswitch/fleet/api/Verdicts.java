// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.api;

import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.killswitch.policy.PolicyException;

/**
 * What a host says of each CVE that it knows: the outcome of {@code killswitch cve scan} there. It is bounded: of what is
 * more, the first ones are there, and how many were left off.
 *
 * @param host that it is from
 * @param kernel that was judged, as in {@code uname -r}
 * @param judged when, by the host's clock
 * @param cves by their names
 * @param omitted how many CVEs are not there
 */
public record Verdicts(String host, String kernel, Instant judged, Map<String, Cve> cves, long omitted) {

    /** More are not reported: that many take 40 KiB at most. */
    static final int CVES_MAX = 500;

    private static final Pattern NAME = Pattern.compile("CVE-[0-9]{4}-[0-9]{4,9}");
    private static final Pattern WORD = Pattern.compile("[a-z][a-z_ ]{0,19}");
    private static final Pattern RELEASE = Pattern.compile("[\\p{Alnum}.+~_-]{1,64}");

    /**
     * A verdict.
     *
     * @param verdict affected, mitigated, unknown, fixed or not present
     * @param reachable where the code is: loaded, any_user (who can have it loaded), on_disk, not_here or unknown
     * @param reboot the installed kernel that has the fix, where the running one does not have it
     */
    public record Cve(String verdict, String reachable, Optional<String> reboot) {}

    public Verdicts {
        cves = Collections.unmodifiableMap(new LinkedHashMap<>(cves));
    }

    /**
     * What {@code killswitch cve scan --json} has printed.
     *
     * @throws PolicyException if it is something else
     */
    public static Verdicts ofScan(String host, String kernel, Instant now, byte[] output) throws PolicyException {
        Json json = Json.parse(output);
        if (json.optionalText("data").isEmpty()) {
            throw new PolicyException("what killswitch cve scan has printed is not its JSON");
        }
        Map<String, Cve> cves = new LinkedHashMap<>();
        List<Json> all = json.objects("cves");
        for (Json cve : all) {
            if (cves.size() < CVES_MAX) {
                cves.put(
                        cve.text("cve"),
                        new Cve(cve.text("verdict"), cve.text("reachable"), cve.optionalText("reboot")));
            }
        }
        return new Verdicts(host, kernel, now, cves, all.size() - (long) cves.size());
    }

    /** Grouped by what is said of them: most hosts say the same few things of many CVEs. */
    public byte[] bytes() {
        Map<String, Map<String, Object>> groups = new LinkedHashMap<>();
        cves.forEach(
                (name, cve) -> groups.computeIfAbsent(cve.verdict() + "/" + cve.reachable(), g -> new LinkedHashMap<>())
                        .put(name, cve.reboot().orElse("")));
        return Json.object()
                .with("host", host)
                .with("kernel", kernel)
                .with("judged", judged.toString())
                .with("cves", groups)
                .with("omitted", omitted)
                .bytes();
    }

    /**
     * Reads a message, which may be anybody's.
     *
     * @param name of the host that it is from, by where it is stored: what the message says does not count
     */
    public static Verdicts of(String name, byte[] message) throws PolicyException {
        Json json = Json.parse(message);
        String kernel = json.text("kernel");
        if (!RELEASE.matcher(kernel).matches()) {
            throw new PolicyException("a message has a kernel of which the name is none");
        }
        Map<String, Cve> cves = new LinkedHashMap<>();
        // one object for each thing that is said, and not for each CVE
        Map<Cve, Cve> known = new HashMap<>();
        Json groups = json.object("cves");
        for (String group : groups.names()) {
            int slash = group.indexOf('/');
            String verdict = group.substring(0, Math.max(slash, 0));
            String reachable = group.substring(slash + 1);
            if (!WORD.matcher(verdict).matches() || !WORD.matcher(reachable).matches()) {
                throw new PolicyException("a message has a verdict that is none");
            }
            groups.map(group, String.class).forEach((cve, reboot) -> {
                if (cves.size() < CVES_MAX && NAME.matcher(cve).matches()) {
                    Cve said = new Cve(
                            verdict,
                            reachable,
                            Optional.of(reboot).filter(r -> RELEASE.matcher(r).matches()));
                    cves.put(cve, known.computeIfAbsent(said, s -> s));
                }
            });
        }
        return new Verdicts(name, kernel, json.instant("judged"), cves, json.number("omitted"));
    }

    /** What is said of a CVE; empty if nothing. */
    public Optional<Cve> of(String cve) {
        return Optional.ofNullable(cves.get(cve));
    }
}
