// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.killswitch.host.btf.Btf;
import org.killswitch.host.btf.BtfKind;

/**
 * What a function returns and takes.
 *
 * @param enumerators the values that it can return, if that is an enum
 */
public record Signature(
        Kind kind, int bits, boolean signed, String type, List<Parameter> parameters, List<Long> enumerators) {

    /** What is returned. */
    public enum Kind {
        VOID,
        BOOL,
        NUMBER,
        ENUM,
        POINTER,
        /** A struct. */
        OTHER
    }

    /**
     * An argument.
     *
     * @param pointer whether it is a pointer
     * @param readOnly whether what it points to is const
     * @param plain whether it points to a number or another pointer: a place for a result
     */
    public record Parameter(String name, String type, boolean pointer, boolean readOnly, boolean plain) {}

    private static final int CHAIN_MAX = 64;

    /** That of a function which BTF knows by its name; of several with one name, the first. */
    public static Optional<Signature> of(Btf btf, String function) {
        OptionalInt found = btf.find(BtfKind.FUNC, function);
        return found.isPresent() ? Optional.of(of(btf, found.getAsInt())) : Optional.empty();
    }

    private static Signature of(Btf btf, int function) {
        int prototype = btf.target(function);
        List<Parameter> parameters = new ArrayList<>();
        for (Btf.Parameter p : btf.parameters(prototype)) {
            if (p.type() != 0) {
                parameters.add(parameter(btf, p));
            }
        }
        return returning(btf, btf.target(prototype), parameters);
    }

    private static Signature returning(Btf btf, int type, List<Parameter> parameters) {
        int bare = bare(btf, type);
        String text = text(btf, type);
        return switch (btf.kind(bare)) {
            case BtfKind.VOID -> new Signature(Kind.VOID, 0, false, text, parameters, List.of());
            case BtfKind.INT -> {
                Btf.IntType i = btf.intType(bare);
                Kind kind = btf.name(bare).equals("_Bool") ? Kind.BOOL : Kind.NUMBER;
                yield new Signature(kind, i.bytes() * 8, i.signed(), text, parameters, List.of());
            }
            case BtfKind.ENUM, BtfKind.ENUM64 ->
                new Signature(
                        Kind.ENUM,
                        btf.size(bare) * 8,
                        btf.isSignedEnum(bare),
                        text,
                        parameters,
                        btf.enumerators(bare).stream()
                                .map(Btf.Enumerator::value)
                                .toList());
            case BtfKind.PTR -> new Signature(Kind.POINTER, 64, false, text, parameters, List.of());
            default -> new Signature(Kind.OTHER, 0, false, text, parameters, List.of());
        };
    }

    private static Parameter parameter(Btf btf, Btf.Parameter parameter) {
        int bare = bare(btf, parameter.type());
        boolean pointer = btf.kind(bare) == BtfKind.PTR;
        int target = pointer ? btf.target(bare) : 0;
        int pointee = pointer ? bare(btf, target) : 0;
        boolean plain = pointee != 0
                && (btf.kind(pointee) == BtfKind.INT
                        || btf.kind(pointee) == BtfKind.PTR
                        || btf.kind(pointee) == BtfKind.ENUM);
        return new Parameter(
                parameter.name(), text(btf, parameter.type()), pointer, pointer && isConst(btf, target), plain);
    }

    private static boolean isConst(Btf btf, int type) {
        int at = type;
        for (int i = 0; i < CHAIN_MAX && btf.isAlias(at); i++) {
            if (btf.kind(at) == BtfKind.CONST) {
                return true;
            }
            at = btf.target(at);
        }
        return false;
    }

    private static int bare(Btf btf, int type) {
        int at = type;
        for (int i = 0; i < CHAIN_MAX && btf.isAlias(at); i++) {
            at = btf.target(at);
        }
        return at;
    }

    /** In C, nearly: "struct dentry *". */
    private static String text(Btf btf, int type) {
        StringBuilder stars = new StringBuilder();
        int at = type;
        for (int i = 0; i < CHAIN_MAX; i++) {
            switch (btf.kind(at)) {
                case BtfKind.PTR -> {
                    stars.insert(0, '*');
                    at = btf.target(at);
                }
                case BtfKind.CONST, BtfKind.VOLATILE, BtfKind.RESTRICT, BtfKind.TYPE_TAG -> at = btf.target(at);
                default -> {
                    String keyword = switch (btf.kind(at)) {
                        case BtfKind.STRUCT -> "struct ";
                        case BtfKind.UNION -> "union ";
                        case BtfKind.ENUM, BtfKind.ENUM64 -> "enum ";
                        case BtfKind.FWD -> "struct ";
                        default -> "";
                    };
                    String name = btf.kind(at) == BtfKind.FUNC_PROTO ? "function" : btf.name(at);
                    return keyword + name + (stars.isEmpty() ? "" : " " + stars);
                }
            }
        }
        return "?";
    }

    public boolean isSignedNumber() {
        return kind == Kind.NUMBER && signed;
    }

    /** As a declaration says it, without the name. */
    public String describe() {
        return type + " ("
                + String.join(
                        ", ",
                        parameters.stream().map(p -> p.type() + " " + p.name()).toList()) + ")";
    }
}
