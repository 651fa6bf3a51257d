// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.lab;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.killswitch.cli.output.Messages;
import org.killswitch.control.Retval;
import org.killswitch.control.SymbolName;
import org.killswitch.lab.rehearsal.Rehearsal;

/** What is rehearsed, and how the command engages it in the guest. */
sealed interface Subject {

    /** A script that engages it. */
    String script(String killswitch, Optional<Duration> time);

    /** For a person. */
    String text();

    /** Functions, whether or not `check` advises against them: that is what a rehearsal is there to show. */
    record Functions(List<SymbolName> symbols, Retval retval, Optional<String> when) implements Subject {
        @Override
        public String script(String killswitch, Optional<Duration> time) {
            return killswitch + " engage " + names(" ") + " " + retval.value() + " --force"
                    + when.map(w -> " --when " + Rehearsal.quoted(w)).orElse("")
                    + forTime(time);
        }

        private String names(String separator) {
            return symbols.stream().map(SymbolName::text).collect(Collectors.joining(separator));
        }

        @Override
        public String text() {
            return names(", ") + " returning " + retval
                    + when.map(w -> " when " + w).orElse("");
        }
    }

    /** What the catalogue has against a CVE on the guest's kernel, which may have the fix: a policy engages it all the same. */
    record Cve(String cve) implements Subject {
        @Override
        public String script(String killswitch, Optional<Duration> time) {
            return time.isPresent()
                    ? killswitch + " cve apply " + cve + forTime(time)
                    : "d=/etc/killswitch/policy.d; rm -rf $d; mkdir -p $d; echo '- cve: " + cve
                            + "' > $d/rehearsal.yaml; " + killswitch + " apply";
        }

        @Override
        public String text() {
            return cve;
        }
    }

    /** What the host's policy says. */
    record Policy() implements Subject {
        @Override
        public String script(String killswitch, Optional<Duration> time) {
            return killswitch + " apply";
        }

        @Override
        public String text() {
            return "the policy in " + org.killswitch.policy.Policy.FOLDER;
        }
    }

    private static String forTime(Optional<Duration> time) {
        return time.map(t -> " --for " + Messages.time(t)).orElse("");
    }
}
