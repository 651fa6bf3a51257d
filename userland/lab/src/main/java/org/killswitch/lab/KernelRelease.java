package org.killswitch.lab;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A kernel series as Debian ships it for one architecture. The exact version is resolved through the meta packages when
 * it is fetched: older ones disappear from the archive when an update comes.
 *
 * @param name such as "6.12", or "6.12-arm64" for another architecture than x86_64
 * @param architecture what it runs on
 * @param suite the suite of the archive that has it
 * @param security whether the suite has a security suite beside it, which may be newer
 * @param fixed the one version of it that can still be had, where the suite has moved on
 */
public record KernelRelease(String name, Architecture architecture, String suite, boolean security, Fixed fixed) {

    /**
     * A kernel whose image is in the suite's index, and whose headers have left it but are still served.
     *
     * @param version as uname -r says it, without the architecture; empty for "the newest"
     * @param headers the packages with the headers, by file name, with their SHA-256 sums: nothing else vouches for them
     */
    public record Fixed(String version, Map<String, String> headers) {
        static final Fixed NO = new Fixed("", Map.of());

        boolean isFixed() {
            return !version.isEmpty();
        }
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

    /** All that the lab can boot, by architecture, oldest first; "newest" is what its suite has today. */
    public static final List<KernelRelease> ALL = List.of(
            x86("5.10", "bullseye", true),
            x86("6.1", "bookworm", true),
            x86("6.12", "bookworm-backports", false),
            new KernelRelease("6.18", Architecture.X86_64, "trixie-backports", false, V6_18),
            x86("newest", "trixie-backports", false),
            arm64("6.1-arm64", "bookworm", true),
            arm64("6.12-arm64", "bookworm-backports", false),
            arm64("newest-arm64", "trixie-backports", false));

    private static KernelRelease x86(String name, String suite, boolean security) {
        return new KernelRelease(name, Architecture.X86_64, suite, security, Fixed.NO);
    }

    private static KernelRelease arm64(String name, String suite, boolean security) {
        return new KernelRelease(name, Architecture.ARM64, suite, security, Fixed.NO);
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

    /** The suite with the compiler that the kernel was built with. */
    String toolchainSuite() {
        return suite.replaceFirst("-backports$", "");
    }
}
