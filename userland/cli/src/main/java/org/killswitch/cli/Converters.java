// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.killswitch.control.Engagement;
import org.killswitch.control.InvalidInputException;
import org.killswitch.control.Killswitch;
import org.killswitch.control.Reason;
import org.killswitch.control.Retval;
import org.killswitch.control.SymbolName;
import org.killswitch.guard.Guard;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** From words of the command line to the types of the control interface; each says in one line what is wrong. */
public final class Converters {

    private Converters() {}

    /** The name of a function. */
    public static final class ToSymbol implements ITypeConverter<SymbolName> {
        @Override
        public SymbolName convert(String text) {
            if (text.startsWith("-")) {
                throw new TypeConversionException("there is no option '" + text + "'");
            }
            try {
                return SymbolName.parse(text);
            } catch (InvalidInputException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    /** The names of functions, with commas between them. */
    public static final class ToSymbols implements ITypeConverter<Symbols> {
        @Override
        public Symbols convert(String text) {
            ToSymbol one = new ToSymbol();
            // "f, g" is two words, and the first ends with a comma.
            String names = text.endsWith(",") && text.length() > 1 ? text.substring(0, text.length() - 1) : text;
            return new Symbols(Stream.of(names.split(",", -1)).map(one::convert).toList());
        }
    }

    /** Several functions in one word: picocli takes a list for any number of words. */
    public record Symbols(List<SymbolName> names) {

        /** Those of several words, each once. */
        public static List<SymbolName> all(List<Symbols> words) {
            return words.stream()
                    .flatMap(word -> word.names().stream())
                    .distinct()
                    .toList();
        }
    }

    /** Why something is done. */
    public static final class ToReason implements ITypeConverter<Reason> {
        @Override
        public Reason convert(String text) {
            try {
                return Reason.parse(text);
            } catch (InvalidInputException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    /** The number of a CVE, in any case. */
    public static final class ToCve implements ITypeConverter<String> {

        private static final Pattern FORM = Pattern.compile("CVE-[0-9]{4}-[0-9]{4,}");

        @Override
        public String convert(String text) {
            String cve = text.strip().toUpperCase(Locale.ROOT);
            if (!FORM.matcher(cve).matches()) {
                throw new TypeConversionException(
                        "'" + text + "' is not the number of a CVE; write it as CVE-2026-31431");
            }
            return cve;
        }
    }

    /** A return value. */
    public static final class ToRetval implements ITypeConverter<Retval> {
        @Override
        public Retval convert(String text) {
            if (text.startsWith("--")) {
                throw new TypeConversionException("there is no option '" + text + "'");
            }
            try {
                return Retval.parse(text);
            } catch (InvalidInputException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    /** A way to override a function. */
    public static final class ToBackend implements ITypeConverter<Engagement.Backend> {
        @Override
        public Engagement.Backend convert(String text) {
            for (Engagement.Backend backend : Engagement.Backend.values()) {
                if (backend.toString().equals(text)) {
                    return backend;
                }
            }
            throw new TypeConversionException("'" + text + "' is not one of direct, ftrace and kprobe");
        }
    }

    /** What becomes of a call that a guard cannot read. */
    public static final class ToUnread implements ITypeConverter<Guard.Unread> {
        @Override
        public Guard.Unread convert(String text) {
            return switch (text) {
                case "override" -> Guard.Unread.OVERRIDE;
                case "pass" -> Guard.Unread.PASS;
                default -> throw new TypeConversionException("'" + text + "' is neither override nor pass");
            };
        }
    }

    /** How long something lasts. */
    public static final class ToTime implements ITypeConverter<Duration> {

        private static final Pattern FORM =
                Pattern.compile("(?=.)(?:(?<h>\\d{1,9})h)?(?:(?<m>\\d{1,9})m)?(?:(?<s>\\d{1,9})s?)?");

        @Override
        public Duration convert(String text) {
            Matcher m = FORM.matcher(text);
            if (!m.matches()) {
                throw new TypeConversionException("'" + text + "' is not a time; write it like 30s, 5m, 1h or 1h30m");
            }
            Duration time =
                    Duration.ofHours(number(m, "h")).plusMinutes(number(m, "m")).plusSeconds(number(m, "s"));
            if (time.compareTo(Killswitch.TIME_MAX) > 0) {
                throw new TypeConversionException(
                        "'" + text + "' is too long; it may be up to " + Killswitch.TIME_MAX.toHours() + "h");
            }
            return time;
        }

        private static long number(Matcher m, String group) {
            String digits = m.group(group);
            return digits == null ? 0 : Long.parseLong(digits);
        }
    }
}
