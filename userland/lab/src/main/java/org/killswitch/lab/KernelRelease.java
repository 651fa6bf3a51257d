package org.killswitch.lab;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A kernel series as Debian ships it. The exact version is resolved through the meta packages when it is fetched:
 * older ones disappear from the archive when an update comes.
 *
 * @param name the series, such as "6.12"
 * @param suite the suite of the archive that has it
 * @param security whether the suite has a security suite beside it, which may be newer
 */
public record KernelRelease(String name, String suite, boolean security) {

    /** All series that the lab can boot, oldest first. */
    public static final List<KernelRelease> ALL =
            List.of(new KernelRelease("6.1", "bookworm", true), new KernelRelease("6.12", "bookworm-backports", false));

    /**
     * The series of that name.
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

    String architecture() {
        return "amd64";
    }

    String imageMetaPackage() {
        return "linux-image-" + architecture();
    }
}
