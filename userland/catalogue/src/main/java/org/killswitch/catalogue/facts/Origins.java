// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.facts;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.killswitch.catalogue.version.DebianVersion;
import org.killswitch.catalogue.version.UpstreamVersion;

/** Finds out who made a kernel, from what it says about itself. */
public final class Origins {

    private Origins() {}

    /** A form of release names, and who uses it. */
    private record Maker(Pattern release, String name) {}

    /** Those who take over each release of kernel.org's stable branches. */
    private static final List<Maker> STABLE = List.of(
            new Maker(Pattern.compile("(\\d+\\.\\d+(?:\\.\\d+)?(?:-rc\\d+)?)\\+?"), "a kernel of kernel.org"),
            new Maker(Pattern.compile("(\\d+\\.\\d+\\.\\d+)-\\d+\\.fc\\d+\\..*"), "Fedora"),
            new Maker(Pattern.compile("(\\d+\\.\\d+(?:\\.\\d+)?)-(?:arch|zen|hardened)\\d+-\\d+.*"), "Arch Linux"),
            new Maker(Pattern.compile("(\\d+\\.\\d+(?:\\.\\d+)?)-\\d+-(?:lts|rt|rt-lts)"), "Arch Linux"),
            new Maker(Pattern.compile("((?:[6-9]|\\d\\d)\\.\\d+\\.\\d+)-.*\\.amzn\\d+\\..*"), "Amazon Linux"),
            new Maker(Pattern.compile("(\\d+\\.\\d+\\.\\d+)-talos"), "Talos"));

    /** Those who do not, though the beginning of the name looks like it. */
    private static final List<Maker> FROZEN = List.of(
            new Maker(Pattern.compile(".*\\.el\\d+.*"), "a kernel of Red Hat's making"),
            new Maker(Pattern.compile(".*-\\d+(?:\\.\\d+)*-default"), "a kernel of SUSE's making"),
            new Maker(Pattern.compile(".*\\.amzn\\d+\\..*"), "Amazon Linux"),
            new Maker(Pattern.compile(".*-pve"), "Proxmox"));

    private static final Pattern NUMBERS = Pattern.compile("(\\d+\\.\\d+(?:\\.\\d+)?).*");
    private static final Pattern DEBIANS_BUILD = Pattern.compile(".*\\bDebian (\\S+)(?: \\(\\d{4}-\\d\\d-\\d\\d\\))?$");

    /** Ubuntu 6.8.0-45.45~22.04.1-generic 6.8.12: the package, its flavour, what it is level with. */
    private static final Pattern UBUNTUS_SIGNATURE =
            Pattern.compile("Ubuntu (\\d\\S*-[0-9.~]+)-\\S+ (\\d+\\.\\d+(?:\\.\\d+)?)");

    private static final Pattern RASPBERRY_PI = Pattern.compile(".*\\+rpt\\d+");

    /**
     * Finds out who made the running kernel.
     *
     * @param release uname -r
     * @param build uname -v, which names Debian's package
     * @param signature /proc/version_signature, which only Ubuntu has
     * @param sourcePackage what dpkg says that the package is made from
     */
    static KernelOrigin of(String release, String build, Optional<String> signature, Optional<String> sourcePackage) {
        Optional<KernelOrigin> ubuntu = signature
                .map(UBUNTUS_SIGNATURE::matcher)
                .filter(Matcher::matches)
                .flatMap(m -> DebianVersion.parse(m.group(1))
                        .map(v -> new KernelOrigin.Ubuntu(
                                v, sourcePackage.orElse("linux"), UpstreamVersion.parse(m.group(2)))));
        if (ubuntu.isPresent()) {
            return ubuntu.get();
        }
        Matcher debian = DEBIANS_BUILD.matcher(build);
        Optional<DebianVersion> version = debian.matches() ? DebianVersion.parse(debian.group(1)) : Optional.empty();
        if (version.isPresent()) {
            return ofDebianVersion(version.get(), sourcePackage);
        }
        if (build.contains("-Ubuntu ")) {
            return new KernelOrigin.Frozen("Ubuntu", Optional.empty());
        }
        return ofRelease(release);
    }

    /** The maker of a package that has such a version. */
    public static KernelOrigin ofDebianVersion(DebianVersion version, Optional<String> sourcePackage) {
        if (version.isDebiansOwn()) {
            return new KernelOrigin.Debian(version, sourcePackage.orElse("linux"));
        }
        if (RASPBERRY_PI.matcher(version.revision()).matches()
                && version.kernel().isPresent()) {
            return new KernelOrigin.Stable("Raspberry Pi OS", version.kernel().get());
        }
        return new KernelOrigin.Frozen("a package " + version + " that is not Debian's own", version.kernel());
    }

    /** The maker of a kernel of which only the release's name is known. */
    public static KernelOrigin ofRelease(String release) {
        for (Maker maker : STABLE) {
            Matcher m = maker.release().matcher(release);
            Optional<UpstreamVersion> version = m.matches() ? UpstreamVersion.parse(m.group(1)) : Optional.empty();
            if (version.isPresent()) {
                return new KernelOrigin.Stable(maker.name(), version.get());
            }
        }
        Matcher numbers = NUMBERS.matcher(release);
        Optional<UpstreamVersion> started =
                numbers.matches() ? UpstreamVersion.parse(numbers.group(1)) : Optional.empty();
        return FROZEN.stream()
                .filter(m -> m.release().matcher(release).matches())
                .findFirst()
                .map(m -> new KernelOrigin.Frozen(m.name(), started))
                .orElseGet(() -> new KernelOrigin.Frozen("a kernel of unknown making", started));
    }

    /** ID and the like of os-release(5). */
    static Map<String, String> osRelease(List<String> lines) {
        Map<String, String> values = new HashMap<>();
        for (String line : lines) {
            int equals = line.indexOf('=');
            if (equals > 0 && !line.startsWith("#")) {
                values.put(line.substring(0, equals), line.substring(equals + 1).replaceAll("^[\"']|[\"']$", ""));
            }
        }
        return values;
    }
}
