// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.engage;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.killswitch.cli.output.Messages;
import org.killswitch.control.SymbolName;
import org.killswitch.host.SystemFiles;
import org.killswitch.host.TasksInside;

/** Reports the tasks that were inside a function when it was engaged. */
final class Inside {

    private Inside() {}

    /** A line for each function that has any; none where that cannot be known. */
    static List<String> lines(SystemFiles files, List<SymbolName> symbols) {
        Optional<TasksInside> tasks = symbols.isEmpty() ? Optional.empty() : TasksInside.read(files);
        List<String> lines = new ArrayList<>();
        for (SymbolName symbol : tasks.isEmpty() ? List.<SymbolName>of() : symbols) {
            List<TasksInside.Task> inside = tasks.get().inside(symbol.function(), symbol.module());
            if (!inside.isEmpty()) {
                lines.add(Messages.stillInside(symbol, inside));
            }
        }
        return lines;
    }
}
