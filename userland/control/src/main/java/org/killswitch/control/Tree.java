// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.control;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.killswitch.posix.Errno;

/** What the module's files say, as it was when they were read. */
public final class Tree {

    /** What a newer module may add at the end of a line. */
    private static final String MORE = "(?: [a-z_]+=\\S*)*";

    private static final Pattern ENGAGED_LINE =
            Pattern.compile("(?<sym>\\S+) retval=(?<retval>-?\\d+) hits=(?<hits>\\d+)" + MORE);
    private static final Pattern PENDING_LINE =
            Pattern.compile("(?<sym>\\S+) (?:retval=(?<retval>-?\\d+)|observe) module=(?<module>\\S+)" + MORE);
    private static final String MODULE_NOT_KNOWN = "?";

    private final Path root;

    /** The files below a folder. */
    public Tree(Path root) {
        this.root = root;
    }

    /** Whether there are any: the module is loaded. */
    boolean isThere() {
        return Files.exists(root.resolve("engaged"));
    }

    /** Everything that is engaged, oldest first, without details and origin. */
    public List<Engagement> engaged() throws ControlException {
        Path engaged = root.resolve("engaged");
        List<Engagement> lines = new ArrayList<>();
        for (String line : read(engaged).lines().toList()) {
            lines.add(parse(line).orElseThrow(() -> otherVersion(engaged, line)));
        }
        return lines;
    }

    private static Optional<Engagement> parse(String line) {
        Matcher m = ENGAGED_LINE.matcher(line);
        if (!m.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Engagement(
                    new SymbolName(m.group("sym")),
                    new Retval(Long.parseLong(m.group("retval"))),
                    Long.parseLong(m.group("hits")),
                    Optional.empty(),
                    Optional.empty()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Everything that waits for its module, oldest first, without origin. */
    List<Pending> pending() throws ControlException {
        Path pending = root.resolve("pending");
        List<Pending> lines = new ArrayList<>();
        for (String line : readIfThere(pending).lines().toList()) {
            lines.add(parsePending(line).orElseThrow(() -> otherVersion(pending, line)));
        }
        return List.copyOf(lines);
    }

    private static Optional<Pending> parsePending(String line) {
        Matcher m = PENDING_LINE.matcher(line);
        if (!m.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Pending(
                    new SymbolName(m.group("sym")),
                    Optional.ofNullable(m.group("retval")).map(Long::parseLong).map(Retval::new),
                    Optional.of(m.group("module")).filter(module -> !module.equals(MODULE_NOT_KNOWN)),
                    Optional.empty()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * The files of fn/SYMBOL/. Empty where the caller may not read them, where they are gone, and where the files of
     * what has just been armed are still to be made.
     */
    Optional<Engagement.Details> details(SymbolName symbol) throws ControlException {
        Path dir = root.resolve("fn").resolve(symbol.text());
        try {
            return Optional.of(new Engagement.Details(
                    word(Engagement.State.class, dir.resolve("state")),
                    Duration.ofSeconds(number(dir.resolve("timeout_left"))),
                    word(Engagement.Backend.class, dir.resolve("backend")),
                    count(dir.resolve("passed")),
                    count(dir.resolve("unread")),
                    Optional.of(Files.readString(dir.resolve("reason")).strip()).filter(reason -> !reason.isEmpty())));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static <E extends Enum<E>> E word(Class<E> type, Path file) throws IOException, ControlException {
        String text = Files.readString(file).strip();
        for (E value : type.getEnumConstants()) {
            if (value.toString().equals(text)) {
                return value;
            }
        }
        throw otherVersion(file, text);
    }

    private static OptionalLong count(Path file) throws IOException, ControlException {
        return Files.exists(file) ? OptionalLong.of(number(file)) : OptionalLong.empty();
    }

    private static long number(Path file) throws IOException, ControlException {
        String text = Files.readString(file).strip();
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw otherVersion(file, text);
        }
    }

    boolean flag(String file) throws ControlException {
        return isOne(read(root.resolve(file)));
    }

    boolean locked() throws ControlException {
        return isOne(readIfThere(root.resolve("locked")));
    }

    /** The names that fn/ has, whatever their state; empty where the caller may not list it. */
    List<SymbolName> names() {
        try (Stream<Path> dirs = Files.list(root.resolve("fn"))) {
            return dirs.map(dir -> new SymbolName(dir.getFileName().toString()))
                    .sorted(Comparator.comparing(SymbolName::text))
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** What is observed: it is not engaged, so only fn/ has it. Empty where the caller may not read that. */
    List<Engagement> observed(Collection<SymbolName> engaged) throws ControlException {
        List<Engagement> observed = new ArrayList<>();
        for (SymbolName name : names()) {
            Optional<Engagement.Details> details = engaged.contains(name) ? Optional.empty() : details(name);
            if (details.filter(d -> d.state() == Engagement.State.OBSERVING).isPresent()) {
                observed.add(new Engagement(name, new Retval(0), hits(name), details, Optional.empty()));
            }
        }
        return observed;
    }

    private long hits(SymbolName name) throws ControlException {
        try {
            return number(root.resolve("fn").resolve(name.text()).resolve("hits"));
        } catch (IOException e) {
            return 0;
        }
    }

    boolean sealed() throws ControlException {
        return isOne(readIfThere(root.resolve("sealed")));
    }

    private static boolean isOne(String text) {
        return text.strip().equals("1");
    }

    /** The text of a file that the first modules did not have; empty where it is missing and the module is there. */
    private String readIfThere(Path file) throws ControlException {
        return Files.exists(file) || !isThere() ? read(file) : "";
    }

    private String read(Path file) throws ControlException {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw notLoaded();
        } catch (AccessDeniedException e) {
            throw new ControlException("cannot read " + file + ": permission denied; run it as root", Errno.EACCES);
        } catch (IOException e) {
            throw new ControlException("cannot read " + file + ": " + e.getMessage() + "; see dmesg", null);
        }
    }

    /** Why there is nothing to read or write, and what to do. */
    ControlException notLoaded() {
        Path securityfs = root.toAbsolutePath().getParent();
        if (securityfs != null && !hasEntries(securityfs)) {
            return new ControlException(
                    "securityfs is not mounted on " + securityfs + "; run: mount -t securityfs securityfs " + securityfs
                            + " && modprobe killswitch",
                    Errno.ENOENT);
        }
        return new ControlException("the killswitch module is not loaded; run: modprobe killswitch", Errno.ENOENT);
    }

    private static boolean hasEntries(Path dir) {
        try (Stream<Path> entries = Files.list(dir)) {
            return entries.findAny().isPresent();
        } catch (IOException e) {
            return false;
        }
    }

    private static ControlException otherVersion(Path file, String text) {
        return new ControlException(
                file + " says '" + text + "', which this command does not know; use the command and the module of one"
                        + " version",
                null);
    }
}
