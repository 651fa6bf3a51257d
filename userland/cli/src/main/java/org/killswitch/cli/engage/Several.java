// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.engage;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.killswitch.bpf.BpfException;
import org.killswitch.cli.Host;
import org.killswitch.control.ControlException;
import org.killswitch.control.SymbolName;
import picocli.CommandLine.ExitCode;

/** What one command does to several functions. */
final class Several {

    private Several() {}

    /** Takes back what was done. */
    interface Undo {
        void run() throws ControlException, BpfException;
    }

    /**
     * What has been done to a function.
     *
     * @param said in one line, for a person
     * @param undo empty where it was so before
     */
    record Done(String said, Optional<Undo> undo) {

        static Done before(String said) {
            return new Done(said, Optional.empty());
        }

        static Done now(String said, Undo undo) {
            return new Done(said, Optional.of(undo));
        }
    }

    /** What is to be done to a function. */
    interface Action {
        Done on(SymbolName symbol) throws ControlException, BpfException;
    }

    /**
     * All or nothing: once one is refused, what was done before is taken back.
     *
     * @throws ControlException if one is refused: which, why, and what became of the others
     */
    static int all(Host host, List<SymbolName> symbols, Action action) throws ControlException, BpfException {
        List<SymbolName> begun = new ArrayList<>();
        List<Done> done = new ArrayList<>();
        for (SymbolName symbol : symbols) {
            try {
                done.add(action.on(symbol));
                begun.add(symbol);
            } catch (ControlException | BpfException e) {
                String others = takeBack(begun, done);
                if (others.isEmpty()) {
                    throw e;
                }
                throw new ControlException(
                        e.getMessage() + others,
                        e instanceof ControlException refused ? refused.errno().orElse(null) : null);
            }
        }
        done.forEach(d -> host.out().println(d.said()));
        return ExitCode.OK;
    }

    private static String takeBack(List<SymbolName> begun, List<Done> done) {
        List<String> back = new ArrayList<>();
        StringBuilder stays = new StringBuilder();
        for (int i = done.size() - 1; i >= 0; i--) {
            Optional<Undo> undo = done.get(i).undo();
            if (undo.isEmpty()) {
                continue;
            }
            try {
                undo.get().run();
                back.addFirst(begun.get(i).text());
            } catch (ControlException | BpfException e) {
                stays.append("; ")
                        .append(begun.get(i))
                        .append(" stays engaged: ")
                        .append(e.getMessage());
            }
        }
        return (back.isEmpty() ? "" : "; undone: " + String.join(", ", back) + " (or use --keep-going)") + stays;
    }

    /** As many as can be; the refusals are said one by one. */
    static int each(Host host, List<SymbolName> symbols, Action action) throws ControlException, BpfException {
        int exit = ExitCode.OK;
        for (SymbolName symbol : symbols) {
            try {
                host.out().println(action.on(symbol).said());
            } catch (ControlException | BpfException e) {
                // Where there is one function only, Main says why it cannot be.
                if (symbols.size() == 1) {
                    throw e;
                }
                host.err().println("killswitch: " + e.getMessage());
                exit = ExitCode.SOFTWARE;
            }
        }
        return exit;
    }
}
