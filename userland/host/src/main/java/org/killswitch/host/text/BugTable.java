// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.text;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Which trap instructions are a BUG(), after which nothing comes: the kernel's own table of them (struct bug_entry). That of
 * a module has no symbol; there every trap is taken for a WARN(), after which the text goes on.
 */
public final class BugTable {

    private static final int WARNING = 1;

    /** An entry has the trap's address and a file's name, both relative, and from 6.19 on a format between them; then line and flags. */
    private static final int[] SIZES = {12, 16};

    private BugTable() {}

    /** The addresses of all BUG()s of the kernel itself. */
    public static Set<Long> bugs(KernelText text) throws IOException {
        Optional<Symbol> start = text.symbols().linker("__start___bug_table");
        Optional<Symbol> stop = text.symbols().linker("__stop___bug_table");
        if (start.isEmpty() || stop.isEmpty()) {
            return Set.of();
        }
        long at = start.get().address();
        ByteBuffer table = ByteBuffer.wrap(
                        text.memory().read(at, (int) (stop.get().address() - at)))
                .order(ByteOrder.LITTLE_ENDIAN);
        Set<Long> bugs = Set.of();
        int most = 0;
        for (int size : SIZES) {
            Set<Long> found = new HashSet<>();
            int inText = 0;
            for (int i = 0; i + size <= table.capacity(); i += size) {
                long trap = at + i + table.getInt(i);
                if (text.functions().ranges().stream().anyMatch(r -> r.has(trap))) {
                    inText++;
                    if ((table.getShort(i + size - 2) & WARNING) == 0) {
                        found.add(trap);
                    }
                }
            }
            if (inText > most) {
                most = inText;
                bugs = found;
            }
        }
        return bugs;
    }
}
