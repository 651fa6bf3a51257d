// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.policy;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.killswitch.host.SystemFiles;

/**
 * What is known about boots with the policy. Entries are named by their effect, so that one that was changed is a new one.
 *
 * @param boot the boot that has begun and is not known to be good yet
 * @param good what was engaged at the last good boot
 * @param tried what that boot engages
 * @param leftOut what is not engaged at boot any more, because a boot with it did not come up
 */
public record BootState(Optional<String> boot, Set<String> good, Set<String> tried, Set<String> leftOut) {

    /**
     * Where it is kept: with the root file system, which is there before all others. /var may be on another one, which
     * needs the devices that killswitch is to be before.
     */
    public static final String FILE = "/etc/killswitch/boot.state";

    private static final String HEADER =
            "# What killswitch.service knows about boots with the policy; see policy.md.\n";

    public BootState {
        good = Set.copyOf(good);
        tried = Set.copyOf(tried);
        leftOut = Set.copyOf(leftOut);
    }

    /** That of a host that was never booted with a policy. */
    public static final BootState NEW = new BootState(Optional.empty(), Set.of(), Set.of(), Set.of());

    /** Reads it; a line that says nothing is left out. */
    public static BootState read(SystemFiles files) {
        Optional<String> boot = Optional.empty();
        Set<String> good = new LinkedHashSet<>();
        Set<String> tried = new LinkedHashSet<>();
        Set<String> leftOut = new LinkedHashSet<>();
        for (String line : files.lines(FILE)) {
            String[] parts = line.split(" ", 2);
            if (parts.length == 2) {
                switch (parts[0]) {
                    case "boot" -> boot = Optional.of(parts[1]);
                    case "good" -> good.add(parts[1]);
                    case "tried" -> tried.add(parts[1]);
                    case "left-out" -> leftOut.add(parts[1]);
                    default -> {}
                }
            }
        }
        return new BootState(boot, good, tried, leftOut);
    }

    /** Writes it: it is on the disk when this returns. */
    public void write(SystemFiles files) throws PolicyException {
        StringBuilder text = new StringBuilder(HEADER);
        boot.ifPresent(id -> text.append("boot ").append(id).append('\n'));
        lines(text, "good", good);
        lines(text, "tried", tried);
        lines(text, "left-out", leftOut);
        AtomicFile.write(files.path(FILE), text.toString());
    }

    private static void lines(StringBuilder text, String word, Set<String> effects) {
        effects.stream()
                .sorted()
                .forEach(e -> text.append(word).append(' ').append(e).append('\n'));
    }

    /**
     * That of a boot that begins. If the last one is not known to have come up, what was new with it is left out.
     *
     * @param id of the boot
     * @param wanted what the policy wants
     */
    public BootState begin(String id, Collection<String> wanted) {
        Set<String> left = new LinkedHashSet<>(leftOut);
        left.retainAll(wanted);
        if (boot.isPresent() && !boot.get().equals(id)) {
            tried.stream().filter(t -> wanted.contains(t) && !good.contains(t)).forEach(left::add);
        }
        Set<String> now = new LinkedHashSet<>(wanted);
        now.removeAll(left);
        return new BootState(Optional.of(id), good, now, left);
    }

    /** That of a boot that came up; the same if another one has begun, or none. */
    public BootState good(String id) {
        return boot.filter(id::equals).isPresent() ? new BootState(Optional.empty(), tried, Set.of(), leftOut) : this;
    }

    /** With nothing left out any more. */
    public BootState retry() {
        return new BootState(boot, good, tried, Set.of());
    }
}
