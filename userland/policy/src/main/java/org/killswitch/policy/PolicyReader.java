// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.policy;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.killswitch.catalogue.EntryException;
import org.killswitch.catalogue.YamlMapping;
import org.killswitch.control.InvalidInputException;
import org.killswitch.control.Reason;
import org.killswitch.control.Retval;
import org.killswitch.control.SymbolName;
import org.killswitch.guard.Guard;

/** Reads a file of the policy: a list of entries. */
public final class PolicyReader {

    private final Path file;
    private final ZoneId zone;

    private PolicyReader(Path file, ZoneId zone) {
        this.file = file;
        this.zone = zone;
    }

    /** The entries of a file; a line with its place for each thing that is wrong. */
    static List<PolicyEntry> read(Path file, ZoneId zone, List<String> problems) {
        try {
            return YamlMapping.listOfFile(
                    file,
                    Files.readString(file),
                    new PolicyReader(file, zone)::entry,
                    e -> problems.add(String.valueOf(e.getMessage())));
        } catch (EntryException e) {
            problems.add(String.valueOf(e.getMessage()));
        } catch (MalformedInputException e) {
            problems.add(file + ": not UTF-8");
        } catch (IOException e) {
            problems.add(file + ": cannot be read: " + e);
        }
        return List.of();
    }

    /** An entry that is part of another file than one of the host's policy. */
    public static PolicyEntry entry(YamlMapping yaml, Path file, ZoneId zone) throws EntryException {
        return new PolicyReader(file, zone).entry(yaml);
    }

    private PolicyEntry entry(YamlMapping yaml) throws EntryException {
        boolean isCve = yaml.has("cve");
        if (isCve == yaml.has("symbol")) {
            throw yaml.error("cve", isCve ? "there is a symbol: one or the other" : "an entry has a symbol or a cve");
        }
        PolicyEntry.Mode mode = yaml.optionalParsed("mode", PolicyReader::mode, "engage or observe")
                .orElse(PolicyEntry.Mode.ENGAGE);
        PolicyEntry entry = new PolicyEntry(
                isCve ? cve(yaml) : function(yaml, mode),
                mode,
                yaml.optionalParsed(
                        "reason", PolicyReader::reason, "a reason: 1 to " + Reason.MAX + " printable ASCII characters"),
                yaml.optionalParsed(
                                "until",
                                t -> Until.parse(t, zone),
                                "fixed, a date as 2026-12-31, or a time as 2026-12-31T18:00:00Z")
                        .orElse(new Until.Removed()),
                file,
                yaml.line());
        if (entry.until() instanceof Until.Fixed && entry.cves().isEmpty()) {
            throw yaml.error("until", "what is to be fixed? The reason has to name a CVE");
        }
        return entry;
    }

    private static PolicyEntry.Cve cve(YamlMapping yaml) throws EntryException {
        String id =
                yaml.parsed("cve", t -> Optional.of(t).filter(PolicyEntry::isCve), "a CVE's number, as CVE-2026-31431");
        for (String key : List.of("retval", "when", "unread")) {
            if (yaml.has(key)) {
                throw yaml.error(key, "this is the catalogue's to say; name the symbol instead of the cve");
            }
        }
        return new PolicyEntry.Cve(id);
    }

    private static PolicyEntry.Function function(YamlMapping yaml, PolicyEntry.Mode mode) throws EntryException {
        SymbolName symbol = yaml.parsed(
                "symbol", PolicyReader::symbol, "a function's name as in /proc/kallsyms, or <module>:<function>");
        Optional<Retval> retval = yaml.has("retval")
                ? Optional.of(yaml.textOrInteger(
                        "retval", PolicyReader::retval, "a return value: a number, or an errno's name as -EPERM"))
                : Optional.empty();
        if (retval.isEmpty() && mode == PolicyEntry.Mode.ENGAGE) {
            throw yaml.error("retval", "what is " + symbol + " to return? This key is missing");
        }
        Optional<String> when = yaml.optionalText("when");
        Optional<Guard.Unread> unread = yaml.optionalParsed("unread", PolicyReader::unread, "override or pass");
        if (unread.isPresent() && when.isEmpty()) {
            throw yaml.error("unread", "it says something of 'when', which is missing");
        }
        return new PolicyEntry.Function(
                symbol, retval, when.map(w -> new GuardText(w, unread.orElse(Guard.Unread.OVERRIDE))));
    }

    private static Optional<PolicyEntry.Mode> mode(String text) {
        return switch (text) {
            case "engage" -> Optional.of(PolicyEntry.Mode.ENGAGE);
            case "observe" -> Optional.of(PolicyEntry.Mode.OBSERVE);
            default -> Optional.empty();
        };
    }

    static Optional<Guard.Unread> unread(String text) {
        return switch (text) {
            case "override" -> Optional.of(Guard.Unread.OVERRIDE);
            case "pass" -> Optional.of(Guard.Unread.PASS);
            default -> Optional.empty();
        };
    }

    /** What the control interface accepts; it throws where a reader of keys wants nothing back. */
    private interface Input<T> {
        T parse(String text) throws InvalidInputException;
    }

    private static <T> Optional<T> accepted(Input<T> input, String text) {
        try {
            return Optional.of(input.parse(text));
        } catch (InvalidInputException e) {
            return Optional.empty();
        }
    }

    private static Optional<SymbolName> symbol(String text) {
        return accepted(SymbolName::parse, text);
    }

    private static Optional<Retval> retval(String text) {
        return accepted(Retval::parse, text);
    }

    private static Optional<Reason> reason(String text) {
        return accepted(Reason::parse, text);
    }
}
