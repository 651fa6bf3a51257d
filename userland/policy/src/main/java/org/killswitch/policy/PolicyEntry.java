// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.policy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.killswitch.control.Reason;
import org.killswitch.control.Retval;
import org.killswitch.control.SymbolName;

/**
 * An entry of the policy, as somebody wrote it.
 *
 * @param line that it begins in
 */
public record PolicyEntry(What what, Mode mode, Optional<Reason> reason, Until until, Path file, int line) {

    private static final Pattern CVE = Pattern.compile("CVE-[0-9]{4}-[0-9]{4,}");

    /** What is to be done with the calls. */
    public enum Mode {
        ENGAGE,
        OBSERVE
    }

    /** What an entry is about. */
    public sealed interface What {}

    /**
     * A function.
     *
     * @param retval there is one unless it is only observed
     */
    public record Function(SymbolName symbol, Optional<Retval> retval, Optional<GuardText> guard) implements What {}

    /** What the catalogue has for a CVE on the kernel that runs. */
    public record Cve(String id) implements What {}

    /** Where it is, for a person. */
    public String where() {
        return file + ":" + line;
    }

    /** The CVEs that it is there for: its own, or those that its reason names. */
    public List<String> cves() {
        return switch (what) {
            case Cve(String id) -> List.of(id);
            case Function f -> reason.map(r -> cvesIn(r.text())).orElse(List.of());
        };
    }

    /** The CVEs that a text names. */
    static List<String> cvesIn(String text) {
        Matcher m = CVE.matcher(text);
        return m.results().map(r -> r.group()).distinct().toList();
    }

    static boolean isCve(String text) {
        return CVE.matcher(text).matches();
    }
}
