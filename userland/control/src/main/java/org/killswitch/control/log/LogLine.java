// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.control.log;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.killswitch.control.SymbolName;

/** A line that the kernel module logged, as far as the command line cares. */
public sealed interface LogLine {

    /** A function was engaged, or a probe or an observation of it begun; or one that was observed was enforced. */
    record Engaged(SymbolName symbol, Origin.By by) implements LogLine {}

    /**
     * An engagement ended in whatever way; {@code hits} where the line says them. One whose module went has not ended:
     * it is pending.
     */
    record Ended(SymbolName symbol, OptionalLong hits) implements LogLine {}

    /**
     * Why something was refused.
     *
     * @param subject a function, as it was named; "guard" with the path of one; or a command
     */
    record Refused(String subject, String reason) implements LogLine {}

    /** What audit calls a login uid that was never set: (uid_t)-1. */
    long UID_UNSET = 0xFFFF_FFFFL;

    Pattern ENGAGED = Pattern.compile(
            "(?:(?:engage|tryengage|engagefor|engageif|enforce) (?<sym>[^ =]+)=-?\\d+|observe (?<observed>[^ =]+))"
                    + "(?: (?:timeout|guard|hits)=\\S+)*"
                    + " (?:source=modparam|uid=(?<uid>\\d{1,10}) auid=(?<auid>\\d{1,10}) ses=\\d+ comm=(?<comm>\\S*))"
                    + "(?: reason=\".*\")?");
    Pattern DISENGAGED = Pattern.compile("disengage (?<sym>\\S+) hits=(?<hits>\\d{1,18})(?: .*)?");
    Pattern ABORTED = Pattern.compile("tryengage (?<sym>\\S+) aborted: (?:hits=(?<hits>\\d{1,18}) |module ).*");
    Pattern EXPIRED = Pattern.compile("engagefor (?<sym>\\S+) expired hits=(?<hits>\\d{1,18}) .*");
    /** The module, or the program that loads BPF programs for it. */
    Pattern REFUSED = Pattern.compile("(?:ks-bpf-load: )?(?:(?<sym>[^ =]+)(?:=-?\\d+ refused| refused)?"
            + "|(?<guard>guard /\\S+) refused): (?<reason>.+)");

    /**
     * Reads the text after {@code killswitch: }.
     *
     * @return empty for everything else that the module may say
     */
    static Optional<LogLine> parse(String text) {
        try {
            Matcher m = ENGAGED.matcher(text);
            if (m.matches()) {
                String symbol = m.group("sym") != null ? m.group("sym") : m.group("observed");
                return Optional.of(new Engaged(new SymbolName(symbol), by(m)));
            }
            for (Pattern pattern : new Pattern[] {DISENGAGED, ABORTED, EXPIRED}) {
                m = pattern.matcher(text);
                if (m.matches()) {
                    return Optional.of(new Ended(new SymbolName(m.group("sym")), hits(m.group("hits"))));
                }
            }
            m = REFUSED.matcher(text);
            if (m.matches()) {
                String subject = m.group("guard") != null ? m.group("guard") : new SymbolName(m.group("sym")).text();
                return Optional.of(new Refused(subject, m.group("reason")));
            }
        } catch (IllegalArgumentException e) {
            // Looks like one of ours and names no symbol: not ours.
            return Optional.empty();
        }
        return Optional.empty();
    }

    private static OptionalLong hits(@Nullable String digits) {
        return digits == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(digits));
    }

    private static Origin.By by(Matcher m) {
        if (m.group("uid") == null) {
            return new Origin.ModuleParameter();
        }
        long loginUid = Long.parseLong(m.group("auid"));
        return new Origin.Operator(
                Long.parseLong(m.group("uid")),
                loginUid == UID_UNSET ? OptionalLong.empty() : OptionalLong.of(loginUid),
                m.group("comm"));
    }
}
