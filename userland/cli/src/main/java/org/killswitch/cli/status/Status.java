package org.killswitch.cli.status;

import java.util.List;
import org.killswitch.control.ControlException;
import org.killswitch.control.Engagement;
import org.killswitch.control.Killswitch;
import org.killswitch.control.Pending;

/**
 * All that there is to see.
 *
 * @param sealed whether nothing can be disengaged until the next boot
 */
record Status(List<Engagement> engagements, List<Pending> pending, boolean sealed) {

    static Status of(Killswitch killswitch) throws ControlException {
        return new Status(killswitch.engagements(), killswitch.pending(), killswitch.sealed());
    }
}
