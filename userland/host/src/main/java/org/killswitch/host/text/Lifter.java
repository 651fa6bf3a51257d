// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.text;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** From a disassembler's text to what the instruction does. */
interface Lifter {

    /**
     * Says what an instruction does.
     *
     * @param next the address of the next instruction
     * @param written names of all registers that it changes, the flags among them
     */
    List<Operation> lift(String mnemonic, String operands, long next, Supplier<List<String>> written);

    /** Splits at the commas that are not in brackets. */
    static List<String> split(String operands) {
        List<String> parts = new ArrayList<>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i < operands.length(); i++) {
            char c = operands.charAt(i);
            if (c == '[' || c == '{') {
                depth++;
            } else if (c == ']' || c == '}') {
                depth--;
            } else if (c == ',' && depth == 0) {
                parts.add(operands.substring(start, i).strip());
                start = i + 1;
            }
        }
        if (start < operands.length()) {
            parts.add(operands.substring(start).strip());
        }
        return parts;
    }

    /** "0x1f", "-0x10", "7", "0xffffffff81000000". */
    static long number(String text) {
        boolean negative = text.startsWith("-");
        String digits = negative ? text.substring(1) : text;
        long value = digits.startsWith("0x") ? Long.parseUnsignedLong(digits.substring(2), 16) : Long.parseLong(digits);
        return negative ? -value : value;
    }

    static boolean isNumber(String text) {
        return !text.isEmpty() && (Character.isDigit(text.charAt(0)) || (text.charAt(0) == '-' && text.length() > 1));
    }
}
