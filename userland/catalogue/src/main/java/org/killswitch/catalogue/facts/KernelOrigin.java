// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.facts;

import java.util.Optional;
import org.killswitch.catalogue.version.DebianVersion;
import org.killswitch.catalogue.version.UpstreamVersion;

/** Who made a kernel, and so whose data says something about it. */
public sealed interface KernelOrigin {

    /** Debian's own package, its backports included. */
    record Debian(DebianVersion version, String sourcePackage) implements KernelOrigin {
        @Override
        public Optional<UpstreamVersion> upstream() {
            return version.kernel();
        }

        @Override
        public boolean followsStable() {
            return true;
        }

        @Override
        public String toString() {
            return "Debian's " + sourcePackage + " " + version;
        }
    }

    /**
     * Ubuntu's package: its number begins with the release that its series started from, and stays so.
     *
     * @param base the release of kernel.org that Ubuntu says it is level with
     */
    record Ubuntu(DebianVersion version, String sourcePackage, Optional<UpstreamVersion> base) implements KernelOrigin {
        @Override
        public Optional<UpstreamVersion> upstream() {
            return base;
        }

        @Override
        public boolean followsStable() {
            return false;
        }

        @Override
        public String toString() {
            return "Ubuntu's " + sourcePackage + " " + version;
        }
    }

    /** Made of a release of kernel.org, whose number it carries. */
    record Stable(String maker, UpstreamVersion version) implements KernelOrigin {
        @Override
        public Optional<UpstreamVersion> upstream() {
            return Optional.of(version);
        }

        @Override
        public boolean followsStable() {
            return true;
        }

        @Override
        public String toString() {
            return maker + ", made of " + version;
        }
    }

    /** Its number says what it started from; which fixes it has, only its maker knows. */
    record Frozen(String maker, Optional<UpstreamVersion> upstream) implements KernelOrigin {
        @Override
        public boolean followsStable() {
            return false;
        }

        @Override
        public String toString() {
            return maker;
        }
    }

    /** The release of kernel.org in it, as far as it is known. */
    Optional<UpstreamVersion> upstream();

    /** The version of the package, where it is one whose versions dpkg compares. */
    default Optional<DebianVersion> packageVersion() {
        return switch (this) {
            case Debian(var version, var source) -> Optional.of(version);
            case Ubuntu(var version, var source, var base) -> Optional.of(version);
            case Stable s -> Optional.empty();
            case Frozen f -> Optional.empty();
        };
    }

    /** Whether what kernel.org says of that release holds for it. */
    boolean followsStable();
}
