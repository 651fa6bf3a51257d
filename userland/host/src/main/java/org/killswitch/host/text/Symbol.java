// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.text;

/**
 * A symbol of the kernel.
 *
 * @param type the letter of /proc/kallsyms, as nm(1) has them
 * @param module the module that it is in; empty for the kernel itself
 */
public record Symbol(long address, char type, String name, String module) {

    public boolean isText() {
        return Symbols.isText((byte) type);
    }

    /** As killswitch takes it: qualified if it is in a module. */
    public String qualified() {
        return module.isEmpty() ? name : module + ":" + name;
    }
}
