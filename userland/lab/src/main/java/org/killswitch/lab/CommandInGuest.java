// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab;

import java.nio.file.Path;

/** The command killswitch in a guest, with a Java runtime of its own. */
public final class CommandInGuest {

    /** The folder that it is in. */
    public static final String HOME = "/opt/killswitch";

    private CommandInGuest() {}

    /** Puts it into a guest; {@link #link} makes it findable there. */
    public static GuestSpec add(Lab lab, GuestSpec spec, Kernel kernel, Path image) {
        return lab.withJavaProgram(spec, kernel, HOME, image);
    }

    /** Puts it, and what the kernel runs of it, where they belong. */
    public static void link(Guest guest) {
        guest.require("mkdir -p /usr/sbin; ln -s " + HOME + "/bin/killswitch /bin/; ln -s " + HOME
                + "/bin/ks-bpf-load /usr/sbin/");
    }
}
