// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard;

import java.util.List;
import java.util.Optional;
import org.killswitch.guard.GuardException.WrongException;
import org.killswitch.guard.Operand.Place;
import org.killswitch.guard.Operand.Value;
import org.killswitch.posix.DidYouMean;

/** Fields, elements and what pointers lead to. */
final class Places {

    private final GuardScope types;
    private final Describe describe;

    Places(GuardScope types) {
        this.types = types;
        describe = new Describe(types);
    }

    /** What a pointer points to. */
    Place pointee(Value value, Span span) {
        CType.Pointer pointer = (CType.Pointer) value.type();
        return place(at(value.node(), 0, pointer.space()), pointer.to(), span);
    }

    /** Where an address leads; one that is read from memory itself is marked as followed. */
    private static Node.Memory at(Node address, long offset, Space space) {
        Node from = address instanceof Node.Load l
                ? new Node.Load(l.from(), l.bytes(), l.signed(), true, l.kind(), l.span())
                : address;
        return new Node.Memory(from, offset, space);
    }

    private Place place(Node.Memory at, int type, Span span) {
        return new Place(at, type, types.resolve(type), 0, 0, span);
    }

    /** {@code of->name} or {@code of.name}. */
    Place member(Place of, String name, Span nameSpan, Span span) throws WrongException {
        if (!(of.type() instanceof CType.Struct struct)) {
            throw new WrongException(span, "this takes a struct, and this is " + describe.aType(of.type()));
        }
        GuardScope.Field field = field(struct, name, nameSpan);
        Node.Memory at = new Node.Memory(
                of.at().address(),
                of.at().offset() + field.bitOffset() / 8,
                of.at().space());
        return new Place(
                at, field.type(), types.resolve(field.type()), (int) (field.bitOffset() % 8), field.bits(), span);
    }

    GuardScope.Field field(CType.Struct struct, String name, Span span) throws WrongException {
        List<GuardScope.Field> fields = types.fields(struct);
        if (fields.isEmpty()) {
            throw new WrongException(
                    span,
                    describe.type(struct)
                            + " is known by name only; a module that is not among these types may have what is in it");
        }
        return named(fields, name)
                .or(() -> underMacro(struct, fields, name))
                .orElseThrow(() -> new WrongException(
                        span,
                        describe.type(struct) + " has no field '" + name + "'"
                                + DidYouMean.hint(
                                        name,
                                        fields.stream()
                                                .map(GuardScope.Field::name)
                                                .toList())));
    }

    /** Whether there is such a field. */
    boolean has(CType type, String name) {
        return type instanceof CType.Struct s && named(types.fields(s), name).isPresent();
    }

    private static Optional<GuardScope.Field> named(List<GuardScope.Field> fields, String name) {
        return fields.stream().filter(f -> f.name().equals(name)).findFirst();
    }

    /**
     * In C, the fields that all sockets have in common are written sk_family, inet_dport and so on, which are macros of
     * net/sock.h and net/inet_sock.h for __sk_common.skc_family and its like. The types know nothing of macros.
     */
    private Optional<GuardScope.Field> underMacro(CType.Struct struct, List<GuardScope.Field> fields, String name) {
        String of = types.name(struct.id());
        if (of.equals("struct sock") && name.startsWith("sk_")) {
            return within(fields, "__sk_common", "skc_" + name.substring("sk_".length()));
        }
        return of.equals("struct inet_sock") && name.startsWith("inet_")
                ? within(fields, "sk", "sk_" + name.substring("inet_".length()))
                : Optional.empty();
    }

    /** A field of a field that is a struct. */
    private Optional<GuardScope.Field> within(List<GuardScope.Field> fields, String outer, String name) {
        return named(fields, outer).flatMap(o -> {
            if (!(types.resolve(o.type()) instanceof CType.Struct inner)) {
                return Optional.empty();
            }
            List<GuardScope.Field> inside = types.fields(inner);
            return named(inside, name)
                    .or(() -> underMacro(inner, inside, name))
                    .map(f -> new GuardScope.Field(name, f.type(), o.bitOffset() + f.bitOffset(), f.bits()));
        });
    }

    /** An element of an array. */
    Place element(Place of, CType.Array array, Value index, Span span) throws WrongException {
        if (index.node() instanceof Node.Const c
                && (c.value() < 0 || (array.count() > 0 && c.value() >= array.count()))) {
            throw new WrongException(
                    index.span(),
                    "the array has " + array.count() + " elements; the last one is [" + (array.count() - 1) + "]");
        }
        return element(of.at(), array.element(), index, span);
    }

    /** An element of what a pointer points to. */
    Place element(Value of, CType.Pointer pointer, Value index, Span span) throws WrongException {
        return element(at(of.node(), 0, pointer.space()), pointer.to(), index, span);
    }

    private Place element(Node.Memory first, int type, Value indexValue, Span span) throws WrongException {
        if (!(indexValue.type() instanceof CType.Int)) {
            throw new WrongException(
                    indexValue.span(), "an index is an integer, and this is " + describe.aType(indexValue.type()));
        }
        long size = types.size(type);
        if (size <= 0) {
            throw new WrongException(span, "what a " + types.name(type) + " * points to has no size");
        }
        Node index = indexValue.node();
        if (index instanceof Node.Const c) {
            return place(
                    new Node.Memory(first.address(), first.offset() + c.value() * size, first.space()), type, span);
        }
        Node wide = Folding.convert(index, IntKind.U64, index.span());
        Node scaled = size == 1
                ? wide
                : Folding.binary(Operator.MUL, wide, new Node.Const(size, IntKind.U64, span), IntKind.U64, span);
        Node address = Folding.binary(Operator.ADD, first.address(), scaled, IntKind.U64, span);
        return place(new Node.Memory(address, first.offset(), first.space()), type, span);
    }

    /** Where it is. */
    Value address(Place p, Span span) throws WrongException {
        if (p.bits() > 0) {
            throw new WrongException(span, "a bit-field has no address");
        }
        return new Value(address(p.at(), span), new CType.Pointer(p.typeId(), p.at().space()));
    }

    private static Node address(Node.Memory at, Span span) {
        return at.offset() == 0
                ? at.address()
                : Folding.binary(
                        Operator.ADD, at.address(), new Node.Const(at.offset(), IntKind.U64, span), IntKind.U64, span);
    }

    /** A pointer to what has a member, from a pointer to the member. */
    Value container(Value pointer, int container, List<Expr.Name> members, Span span) throws WrongException {
        CType.Pointer type = (CType.Pointer) pointer.type();
        long offset = 0;
        CType at = types.resolve(container);
        for (Expr.Name member : members) {
            if (!(at instanceof CType.Struct struct)) {
                throw new WrongException(member.span(), "this is a member of " + describe.aType(at));
            }
            GuardScope.Field field = field(struct, member.name(), member.span());
            if (field.bits() > 0) {
                throw new WrongException(member.span(), "nothing points to a bit-field");
            }
            offset += field.bitOffset() / 8;
            at = types.resolve(field.type());
        }
        Node node = address(at(pointer.node(), -offset, type.space()), span);
        return new Value(node, new CType.Pointer(container, type.space()));
    }

    /** The value of what is there. */
    Value load(Place p) throws WrongException {
        return switch (p.type()) {
            case CType.Int i when p.bits() > 0 -> bits(p, i);
            case CType.Int i -> {
                IntKind kind = IntKind.promoted(i.bytes() * 8, i.signed());
                yield new Value(new Node.Load(p.at(), i.bytes(), i.signed(), false, kind, p.span()), i);
            }
            case CType.Pointer to -> {
                // What a process has in its memory is an address of its own, if it is one.
                Space space = p.at().space() == Space.USER ? Space.USER : to.space();
                yield new Value(
                        new Node.Load(p.at(), 8, false, false, IntKind.U64, p.span()),
                        new CType.Pointer(to.to(), space));
            }
            case CType.Array a ->
                throw new WrongException(
                        p.span(), "this is an array, " + describe.type(a) + "; write which element, as in [0]");
            case CType.Struct s ->
                throw new WrongException(p.span(), "this is a whole " + describe.type(s) + "; write which field of it");
            case CType.Other o -> throw new WrongException(p.span(), "this has a type that guards cannot use");
        };
    }

    private static Value bits(Place p, CType.Int type) throws WrongException {
        int bytes = (p.shift() + p.bits() + 7) / 8;
        if (bytes > 8) {
            throw new WrongException(p.span(), "this bit-field lies across nine bytes, which guards cannot read");
        }
        IntKind kind = IntKind.promoted(p.bits(), type.signed());
        return new Value(new Node.Bits(p.at(), bytes, p.shift(), p.bits(), type.signed(), kind, p.span()), type);
    }

    /** Follows fields of structs and pointers to structs from a pointer to the first one, all of them the kernel's. */
    Value follow(Value from, Span span, String... fields) throws WrongException {
        Value value = from;
        Place place = pointee(value, span);
        for (int i = 0; i < fields.length; i++) {
            place = member(place, fields[i], span, span);
            if (i == fields.length - 1) {
                break;
            }
            if (place.type() instanceof CType.Pointer) {
                place = pointee(loadOwn(place), span);
            }
        }
        return loadOwn(place);
    }

    /** Loads what the kernel has for itself, so that an address there is one of the kernel's. */
    private Value loadOwn(Place p) throws WrongException {
        Value value = load(p);
        return value.type() instanceof CType.Pointer to && to.space() == Space.EITHER
                ? new Value(value.node(), new CType.Pointer(to.to(), p.at().space()))
                : value;
    }
}
