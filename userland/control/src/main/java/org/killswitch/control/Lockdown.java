// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.control;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How far the kernel is locked down, by what securityfs says: {@code none [integrity] confidentiality}. */
public final class Lockdown {

    private static final Pattern ACTIVE = Pattern.compile("\\[(?<level>[a-z]+)\\]");

    private Lockdown() {}

    /** The level in force; empty where the file is missing, cannot be read, or has something else in it. */
    public static Optional<String> level(Path file) {
        try {
            return parse(Files.readString(file));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> parse(String text) {
        Matcher m = ACTIVE.matcher(text);
        return m.find() ? Optional.of(m.group("level")) : Optional.empty();
    }
}
