// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.control.trace;

import java.util.List;
import org.killswitch.control.ControlException;

/** Where hits come from, as they happen. */
public interface HitSource extends AutoCloseable {

    /**
     * What came since the last look.
     *
     * @param hits oldest first, per CPU
     * @param lost how many more there were, for which the buffer had no room
     */
    record News(List<Hit> hits, long lost) {
        public News {
            hits = List.copyOf(hits);
        }
    }

    /**
     * What came since the last look, without waiting; nothing after it was closed.
     *
     * @throws ControlException if the module has been unloaded, or the trace cannot be read
     */
    News read() throws ControlException;

    @Override
    void close() throws ControlException;
}
