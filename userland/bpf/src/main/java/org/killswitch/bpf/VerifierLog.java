// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.bpf;

import java.util.List;
import java.util.stream.Collectors;

/** What libbpf and the verifier said of a program: much, and what matters is near the end. */
final class VerifierLog {

    private static final int LINES = 2;

    private VerifierLog() {}

    /**
     * Their last words, to be put after a message; empty if there are none.
     *
     * @param lines with one line of libbpf or of the verifier each
     */
    static String last(List<String> lines) {
        // The verifier ends with statistics; libbpf frames it, and says the same again in its own words.
        List<String> said = lines.stream()
                .map(String::strip)
                .filter(l -> !l.isEmpty()
                        && !l.startsWith("processed ")
                        && !l.startsWith("verification time")
                        && !l.startsWith("-- END PROG LOAD LOG")
                        && !l.contains("-- BEGIN PROG LOAD LOG")
                        && !l.startsWith("libbpf: failed to load object"))
                .toList();
        // After the log it only says that loading has failed.
        int end = lastOfVerifier(said);
        return said.subList(Math.max(0, end - LINES), end).stream()
                .collect(Collectors.joining("; ", end == 0 ? "" : ": ", ""));
    }

    private static int lastOfVerifier(List<String> said) {
        int end = said.size();
        while (end > 1 && said.get(end - 1).matches("libbpf: prog '.*': failed to load: -?\\d+")) {
            end--;
        }
        return end;
    }
}
