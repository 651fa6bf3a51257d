// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.killswitch.lab.debian.Apt;
import org.killswitch.posix.Architecture;

/**
 * A kernel series as Debian ships it for one architecture, or one that is built from Debian's sources. The exact version
 * is resolved when it is fetched: older ones disappear from the archive when an update comes.
 *
 * @param name such as "6.12", or "6.12-arm64" for another architecture than x86_64
 * @param architecture what it runs on
 * @param suite the suite of the archive that has it
 * @param security whether the suite has a security suite beside it, which may be newer
 * @param origin how it is come by
 */
public record KernelRelease(String name, Architecture architecture, String suite, boolean security, Origin origin) {

    /** How a kernel is come by. */
    public sealed interface Origin {}

    /**
     * The newest one that the suite has, by its meta package.
     *
     * @param flavour one of Debian's, as "rt"; empty where it is the usual one
     */
    public record Newest(String flavour) implements Origin {
        /** The package that depends on it. */
        public String meta(Architecture architecture) {
            return "linux-image-" + (flavour.isEmpty() ? "" : flavour + "-") + architecture.debian();
        }
    }

    /**
     * A kernel whose image is in the suite's index, and whose headers have left it but are still served.
     *
     * @param version as uname -r says it, without the architecture
     * @param headers the packages with the headers, by file name, with their SHA-256 sums: nothing else vouches for them
     */
    public record Fixed(String version, Map<String, String> headers) implements Origin {}

    /**
     * One that is built here.
     *
     * @param series of its sources, as the stock kernel of them is named
     * @param compiler what it and its modules are compiled with
     * @param parts of its configuration: the resources in kernels/
     * @param minutes about how long that takes on two CPUs
     */
    public record Built(String series, String compiler, List<String> parts, int minutes) implements Origin {
        /** The package with its sources. */
        public String source() {
            return "linux-source-" + series;
        }

        /** What it is called by: its last part. */
        public String flavour() {
            return parts.getLast();
        }
    }

    /** This machine's own, which a distribution's package or the administrator has installed. */
    public record Installed() implements Origin {}

    /** Whether it is one that Debian's users run. */
    public boolean isStock() {
        return !(origin instanceof Built);
    }

    /** Whether it is for an architecture on which the module works, and not all that is around it. */
    public boolean isPort() {
        return PORTS.contains(this);
    }

    /** The longest-lived of those between 6.12 and the newest; sums taken on 2026-11-24. */
    private static final Fixed V6_18 = new Fixed(
            "6.18.15+deb13",
            Map.of(
                    "linux-headers-6.18.15+deb13-amd64_6.18.15-1~bpo13+1_amd64.deb",
                    "1b19c975adf29e89c4cb2680e862db89b787fc5144a638b001854b075b4cc255",
                    "linux-headers-6.18.15+deb13-common_6.18.15-1~bpo13+1_all.deb",
                    "a54ed9b3be5247fe2e003423e067cb8e8b06e4a44a09459b85cfec0afbcbd5ef",
                    "linux-kbuild-6.18.15+deb13_6.18.15-1~bpo13+1_amd64.deb",
                    "5e64129020cdb5effd6ed3895ca89608ef17bcf643eedfc8013dad89bab70a02"));

    /** Debian's, by architecture, oldest first; "newest" is what its suite has today. */
    public static final List<KernelRelease> STOCK = List.of(
            x86("5.10", "bullseye", true),
            x86("6.1", "bookworm", true),
            x86("6.12", "bookworm-backports", false),
            new KernelRelease("6.18", Architecture.X86_64, "trixie-backports", false, V6_18),
            x86("newest", "trixie-backports", false),
            arm64("6.1-arm64", "bookworm", true),
            arm64("6.12-arm64", "bookworm-backports", false),
            arm64("newest-arm64", "trixie-backports", false));

    private static final String CLOUD = "cloud";

    /** Debian's other flavours of one that has them: real-time, and without drivers for machines that are not virtual. */
    public static final List<KernelRelease> FLAVOURS = List.of(flavour("rt"), flavour(CLOUD));

    /** Debian's for those architectures, as of a point release. */
    public static final List<KernelRelease> PORTS =
            List.of(new KernelRelease("6.12-riscv64", Architecture.RISCV64, "trixie", false, new Newest("")));

    /**
     * One as it was when its suite's last point release came out, without the security updates since then: it has flaws that
     * are known and that the others have the fix of.
     */
    public static final KernelRelease WITHOUT_UPDATES = x86("5.10.223", "bullseye", false);

    /** Those that no distribution ships. */
    public static final List<KernelRelease> BUILT = List.of(
            built("gcc-12", 9, "base", "errinj"),
            built("gcc-12", 13, "base", "errinj", "debug"),
            built("clang-16", 12, "base", "kcfi"),
            built("gcc-12", 10, "base", "strict"));

    /** Those of the last point release, without the fixes that came after it. */
    public static final List<KernelRelease> OUTDATED = List.of(WITHOUT_UPDATES, x86("6.1-outdated", "bookworm", false));

    /** All that the lab can boot. */
    public static final List<KernelRelease> ALL = Stream.of(STOCK, FLAVOURS, PORTS, OUTDATED, BUILT)
            .flatMap(List::stream)
            .toList();

    /** What this machine boots. */
    public static final KernelRelease OF_HOST =
            new KernelRelease("host", Architecture.host(), "", false, new Installed());

    private static KernelRelease built(String compiler, int minutes, String... parts) {
        Built how = new Built("6.12", compiler, List.of(parts), minutes);
        return new KernelRelease(
                how.series() + "-" + how.flavour(), Architecture.X86_64, "bookworm-backports", false, how);
    }

    private static KernelRelease x86(String name, String suite, boolean security) {
        return new KernelRelease(name, Architecture.X86_64, suite, security, new Newest(""));
    }

    private static KernelRelease flavour(String name) {
        return new KernelRelease("6.12-" + name, Architecture.X86_64, "bookworm-backports", false, new Newest(name));
    }

    private static KernelRelease arm64(String name, String suite, boolean security) {
        return new KernelRelease(name, Architecture.ARM64, suite, security, new Newest(""));
    }

    /**
     * The one of that name.
     *
     * @throws LabException if there is none
     */
    public static KernelRelease named(String name) {
        return ALL.stream()
                .filter(r -> r.name.equals(name))
                .findFirst()
                .orElseThrow(() -> new LabException("no kernel \"" + name + "\": there are "
                        + ALL.stream().map(KernelRelease::name).collect(Collectors.joining(", "))));
    }

    /**
     * The processors, as QEMU names them, that it is emulated with where it does not run on the usual ones: after some
     * hundred processes the one for clouds dies of flags after a cmpxchg16b of QEMU 7.2's that no processor has, without
     * killswitch too, and does without that instruction where there is none.
     */
    public Optional<String> model() {
        return origin.equals(new Newest(CLOUD)) ? Optional.of("max,-cx16") : Optional.empty();
    }

    /** The suite with the compiler that the kernel was built with. */
    public String toolchainSuite() {
        return Apt.base(suite);
    }
}
