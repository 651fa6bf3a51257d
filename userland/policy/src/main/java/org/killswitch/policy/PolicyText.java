// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.policy;

import java.util.Optional;
import org.killswitch.control.Retval;
import org.killswitch.guard.Guard;

/** Entries as they are written to a file of the policy. */
final class PolicyText {

    private PolicyText() {}

    /** An entry for what is engaged or observed. */
    static String of(Actual a) {
        StringBuilder text = new StringBuilder("- symbol: ").append(a.symbol()).append('\n');
        a.retval().ifPresent(r -> text.append("  retval: ").append(number(r)).append('\n'));
        if (a.retval().isEmpty()) {
            text.append("  mode: observe\n");
        }
        a.guard().ifPresent(g -> {
            text.append("  when: ").append(quoted(g.when())).append('\n');
            if (g.unread() == Guard.Unread.PASS) {
                text.append("  unread: pass\n");
            }
        });
        a.reason().ifPresent(r -> text.append("  reason: ").append(quoted(r)).append('\n'));
        return text.toString();
    }

    private static String number(Retval retval) {
        Optional<String> name = retval.errno().map(e -> "-" + e.name());
        return name.orElse(Long.toString(retval.value()));
    }

    /** In single quotes nothing has a meaning but they themselves; a line's end would be a blank. */
    private static String quoted(String text) {
        return "'" + text.replaceAll("\\s*\\R\\s*", " ").replace("'", "''") + "'";
    }
}
