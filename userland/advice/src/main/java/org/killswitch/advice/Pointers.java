// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.killswitch.host.text.CallGraph;

/** Ways to the function that are not direct calls. */
final class Pointers {

    private static final Finding.Id ID = Finding.Id.POINTERS;

    private Pointers() {}

    static List<Finding> findings(Subject subject) throws IOException {
        Kernel kernel = subject.kernel();
        List<String> tables = new ArrayList<>();
        for (long slot : kernel.text().graph().pointersTo(subject.function())) {
            kernel.text()
                    .symbols()
                    .object(slot)
                    .ifPresent(o -> tables.add(o.qualified() + "+0x" + Long.toHexString(slot - o.address())));
        }
        List<String> taken = new ArrayList<>();
        for (CallGraph.Site site : kernel.text().graph().to(subject.function())) {
            if (site.kind() == CallGraph.Kind.ADDRESS) {
                taken.add("its address is taken at " + kernel.place(site.function(), site.address()));
            }
        }
        boolean exported = !kernel.text()
                .symbols()
                .named("__ksymtab_" + subject.symbol().name())
                .isEmpty();
        List<String> ways = new ArrayList<>();
        if (!tables.isEmpty()) {
            ways.add("through " + String.join(", ", tables.stream().limit(4).toList())
                    + (tables.size() > 4 ? " and " + (tables.size() - 4) + " more" : ""));
        }
        if (!taken.isEmpty()) {
            ways.add("through pointers that are made at run time");
        }
        if (exported) {
            ways.add("from modules, since it is exported");
        }
        List<String> evidence = new ArrayList<>(tables);
        evidence.addAll(taken);
        if (!ways.isEmpty()) {
            return List.of(new Finding(ID, Level.OK, "reached " + String.join("; ", ways), evidence));
        }
        return kernel.noPointers().isEmpty() && Callers.sites(subject).isEmpty()
                ? List.of(Finding.of(
                        ID,
                        Level.NOTE,
                        "nothing in the kernel names it: it was registered by code that is gone, or it is not used"))
                : List.of();
    }
}
