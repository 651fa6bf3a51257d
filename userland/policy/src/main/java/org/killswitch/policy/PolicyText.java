// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.policy;

import java.util.Optional;
import org.killswitch.control.Retval;
import org.killswitch.guard.Guard;

/** Entries as they are written to a file of the policy. */
public final class PolicyText {

    private PolicyText() {}

    /** An entry as it was read. */
    public static String of(PolicyEntry e) {
        StringBuilder text = new StringBuilder();
        switch (e.what()) {
            case PolicyEntry.Cve(String id) -> text.append("- cve: ").append(id).append('\n');
            case PolicyEntry.Function f -> {
                text.append("- symbol: ").append(f.symbol()).append('\n');
                f.retval()
                        .ifPresent(
                                r -> text.append("  retval: ").append(number(r)).append('\n'));
                f.guard().ifPresent(g -> append(text, g));
            }
        }
        if (e.mode() == PolicyEntry.Mode.OBSERVE) {
            text.append("  mode: observe\n");
        }
        e.reason()
                .ifPresent(
                        r -> text.append("  reason: ").append(quoted(r.text())).append('\n'));
        switch (e.until()) {
            case Until.Removed r -> {}
            case Until.Fixed f -> text.append("  until: fixed\n");
            case Until.Time t -> text.append("  until: '").append(t.when()).append("'\n");
        }
        return text.toString();
    }

    /** An entry for what is engaged or observed. */
    static String of(Actual a) {
        StringBuilder text = new StringBuilder("- symbol: ").append(a.symbol()).append('\n');
        a.retval().ifPresent(r -> text.append("  retval: ").append(number(r)).append('\n'));
        if (a.retval().isEmpty()) {
            text.append("  mode: observe\n");
        }
        a.guard().ifPresent(g -> append(text, g));
        a.reason().ifPresent(r -> text.append("  reason: ").append(quoted(r)).append('\n'));
        return text.toString();
    }

    private static void append(StringBuilder text, GuardText guard) {
        text.append("  when: ").append(quoted(guard.when())).append('\n');
        if (guard.unread() == Guard.Unread.PASS) {
            text.append("  unread: pass\n");
        }
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
