// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host;

/** The names of kernel modules, whose files may have a dash where the kernel has an underscore. */
public final class ModuleName {

    private ModuleName() {}

    /** The form that lsmod shows. */
    public static String canonical(String module) {
        return module.replace('-', '_');
    }

    /** That of the module in a file, which may be compressed: can_bcm of kernel/net/can/can-bcm.ko.xz. */
    public static String ofFile(String path) {
        String file = path.substring(path.lastIndexOf('/') + 1);
        int end = file.indexOf(".ko");
        return canonical(end < 0 ? file : file.substring(0, end));
    }
}
