// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard;

/** Types in words, for messages. */
final class Describe {

    private final GuardScope types;

    Describe(GuardScope types) {
        this.types = types;
    }

    String type(CType type) {
        return switch (type) {
            case CType.Int i ->
                switch (i.name()) {
                    case "S32" -> "int";
                    case "U32" -> "unsigned int";
                    case "S64" -> "long";
                    case "U64" -> "unsigned long";
                    default -> i.name();
                };
            case CType.Pointer p -> types.name(p.to()) + (types.name(p.to()).endsWith("*") ? "*" : " *");
            case CType.Array a -> types.name(a.element()) + "[" + a.count() + "]";
            case CType.Struct s -> types.name(s.id());
            case CType.Other o -> "something that guards cannot use";
        };
    }

    /** With "a" or "an" before it. */
    String aType(CType type) {
        String noun = type(type);
        if (noun.startsWith("something")) {
            return noun;
        }
        boolean vowel = "aeio".indexOf(noun.charAt(0)) >= 0 || noun.startsWith("unsigned");
        return (vowel ? "an " : "a ") + noun;
    }
}
