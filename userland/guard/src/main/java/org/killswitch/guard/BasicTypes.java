// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The types that C has names of its own for, as all of our architectures have them; but a plain char has no sign. */
final class BasicTypes {

    private BasicTypes() {}

    static Optional<CType> named(String name) {
        List<String> words = new ArrayList<>(List.of(name.split(" ", -1)));
        if (name.equals("void")) {
            return Optional.of(new CType.Other());
        }
        if (name.equals("_Bool")) {
            return Optional.of(new CType.Int(name, 1, false));
        }
        boolean unsigned = words.remove("unsigned");
        boolean signed = words.remove("signed");
        if (unsigned && signed) {
            return Optional.empty();
        }
        int bytes = switch (String.join(" ", words)) {
            case "char" -> 1;
            case "short", "short int", "int short" -> 2;
            case "int" -> 4;
            case "" -> unsigned || signed ? 4 : 0;
            case "long", "long int", "int long", "long long", "long long int" -> 8;
            default -> 0;
        };
        boolean plainChar = bytes == 1 && !signed;
        return bytes == 0 ? Optional.empty() : Optional.of(new CType.Int(name, bytes, !unsigned && !plainChar));
    }
}
