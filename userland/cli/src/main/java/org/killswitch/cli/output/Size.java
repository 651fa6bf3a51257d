// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.output;

/** A number of bytes, for a person. */
public final class Size {

    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};
    private static final int STEP = 1024;

    private Size() {}

    /** Three digits and a unit, such as 213 MiB. */
    public static String of(long bytes) {
        double size = bytes;
        int unit = 0;
        while (size >= STEP - 0.5 && unit < UNITS.length - 1) {
            size /= STEP;
            unit++;
        }
        return (size < 10 && unit > 0 ? Math.round(size * 10) / 10.0 + "" : Long.toString(Math.round(size))) + " "
                + UNITS[unit];
    }
}
