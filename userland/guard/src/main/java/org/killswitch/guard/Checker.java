// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import org.killswitch.guard.GuardException.WrongException;
import org.killswitch.guard.Operand.Place;
import org.killswitch.guard.Operand.Value;
import org.killswitch.posix.DidYouMean;

/**
 * Finds out what types things have; says what is wrong in the terms of the expression. It is long because each rule of
 * the language has a message of its own, and short rules that call each other are best read together.
 */
final class Checker {

    private final GuardScope types;
    private final Arguments arguments;
    private final Names names;
    private final Places places;
    private final CallerFacts facts;
    private final Functions functions;
    private final Comparisons comparisons;
    private final Texts texts;
    private final Describe describe;
    private final List<String> warnings = new ArrayList<>();

    private Checker(GuardScope types) {
        this.types = types;
        arguments = new Arguments(types);
        names = new Names(types, arguments);
        places = new Places(types);
        describe = new Describe(types);
        facts = new CallerFacts(types, places, warnings);
        functions = new Functions(facts, describe);
        comparisons = new Comparisons(describe);
        texts = new Texts(types, places, facts);
    }

    /**
     * What an expression computes.
     *
     * @param warnings what whoever wrote it should know
     */
    record Checked(Node node, List<String> warnings) {}

    static Checked check(Expr expr, GuardScope types) throws WrongException {
        Checker checker = new Checker(types);
        Node node = checker.value(checker.operand(expr)).node();
        return new Checked(node, List.copyOf(checker.warnings));
    }

    private Operand operand(Expr expr) throws WrongException {
        return switch (expr) {
            case Expr.Literal n -> Value.number(Literal.parse(n.token()));
            case Expr.Text t -> new Operand.Text(t.value(), t.span());
            case Expr.Name n -> name(n);
            case Expr.Group g -> operand(g.inner());
            case Expr.Field f -> field(f);
            case Expr.Index i -> index(i);
            case Expr.Unary u -> unary(u);
            case Expr.Cast c -> cast(c);
            case Expr.ContainerOf c -> containerOf(c);
            case Expr.Call c -> {
                List<Value> values = new ArrayList<>();
                for (Expr argument : c.arguments()) {
                    values.add(value(operand(argument)));
                }
                yield functions.call(c, values);
            }
            case Expr.In i -> in(i);
            case Expr.Binary b -> binary(b);
        };
    }

    // Names

    private Operand name(Expr.Name e) throws WrongException {
        if (e.name().equals("NULL")) {
            return new Value(new Node.Const(0, IntKind.U64, e.span()), new CType.Pointer(0, Space.EITHER));
        }
        return switch (names.meaning(e)) {
            case Names.Argument a -> arguments.value(a.index(), e.span());
            case Names.Saved s -> arguments.value(s.argument(), e.span());
            case Names.Caller c -> facts.fact(c.fact(), e.span());
            case Names.Constant n -> Value.number(Literal.of(n.constant(), e.span()));
        };
    }

    // Memory

    private Operand field(Expr.Field e) throws WrongException {
        if (e.of() instanceof Expr.Name(String name, Span span)
                && name.equals(Names.CALLER)
                && !e.arrow()
                && !names.isArgument(Names.CALLER)) {
            CallerFact fact = CallerFact.named(e.name())
                    .orElseThrow(() -> new WrongException(
                            e.nameSpan(),
                            "nothing is known of the caller's '" + e.name() + "', only "
                                    + String.join(", ", CallerFact.words())
                                    + DidYouMean.hint(e.name(), CallerFact.words())));
            return facts.fact(fact, e.span());
        }
        Operand of = operand(e.of());
        if (e.arrow()) {
            if (of instanceof Place p && p.type() instanceof CType.Struct) {
                throw new WrongException(
                        e.nameSpan(),
                        "before '->' is a " + describe.type(p.type()) + " and no pointer to one; write '.'");
            }
            Value value = value(of);
            if (!(value.type() instanceof CType.Pointer pointer)
                    || !(types.resolve(pointer.to()) instanceof CType.Struct)) {
                throw new WrongException(
                        of.span(),
                        "'->' follows a pointer to a struct, and this is " + describe.aType(value.type())
                                + (value.type() instanceof CType.Pointer ? "; cast it, as in ((struct x *)p)->y" : ""));
            }
            return places.member(places.pointee(value, of.span()), e.name(), e.nameSpan(), e.span());
        }
        if (of instanceof Place p && p.type() instanceof CType.Struct) {
            return places.member(p, e.name(), e.nameSpan(), e.span());
        }
        CType type = of instanceof Place p ? p.type() : value(of).type();
        if (type instanceof CType.Pointer pointer && types.resolve(pointer.to()) instanceof CType.Struct) {
            throw new WrongException(e.nameSpan(), "before '.' is a pointer, " + describe.type(type) + "; write '->'");
        }
        throw new WrongException(of.span(), "'.' follows a struct, and this is " + describe.aType(type));
    }

    private Operand index(Expr.Index e) throws WrongException {
        Operand of = operand(e.of());
        Value index = value(operand(e.index()));
        if (of instanceof Place p && p.type() instanceof CType.Array array) {
            return places.element(p, array, index, e.span());
        }
        Value value = value(of);
        if (!(value.type() instanceof CType.Pointer pointer)) {
            throw new WrongException(
                    of.span(), "'[' follows an array or a pointer, and this is " + describe.aType(value.type()));
        }
        return places.element(value, pointer, index, e.span());
    }

    /** What an operand has for a value. */
    private Value value(Operand operand) throws WrongException {
        return switch (operand) {
            case Value v -> v;
            case Place p -> places.load(p);
            case Operand.Namespace n -> Value.number(facts.isInitial(n, "namespace", n.span()));
            case Operand.ControlGroup g -> facts.controlGroupId(g.span());
            case Operand.Text t ->
                throw new WrongException(
                        t.span(),
                        "a string can only be compared, by ==, !=, ^= or $=, with comm, exe, cgroup, a namespace, an"
                                + " address, a char array or a char *");
            case Operand.Comm c ->
                throw new WrongException(c.span(), "comm is a text; compare it with one, as in comm == \"sshd\"");
            case Operand.Executable x ->
                throw new WrongException(x.span(), "exe is a file; compare it with one, as in exe == \"/usr/bin/ssh\"");
        };
    }

    // Types

    private int type(Expr.TypeName name) throws WrongException {
        OptionalInt found = types.type(name.keyword(), name.name());
        if (found.isEmpty()) {
            throw new WrongException(
                    name.span(), "the kernel's BTF has no type '" + (name.keyword() + " " + name.name()).strip() + "'");
        }
        int type = found.getAsInt();
        for (int i = 0; i < name.stars(); i++) {
            type = types.pointer(type, name.user() ? Space.USER : Space.EITHER);
        }
        return type;
    }

    private Operand cast(Expr.Cast e) throws WrongException {
        int id = type(e.type());
        CType type = types.resolve(id);
        Operand operand = operand(e.operand());
        Value value = operand instanceof Place p && p.type() instanceof CType.Array
                ? places.address(p, e.span())
                : value(operand);
        return switch (type) {
            case CType.Pointer to -> {
                // Whose memory it is, a cast says only if it says __user.
                Space known = value.type() instanceof CType.Pointer from ? from.space() : Space.EITHER;
                Space space = to.space() == Space.USER ? Space.USER : known;
                yield new Value(
                        Folding.convert(value.node(), IntKind.U64, e.span()), new CType.Pointer(to.to(), space));
            }
            case CType.Int to -> new Value(Folding.toInteger(value.node(), to, e.span()), to);
            default ->
                throw new WrongException(
                        e.type().span(), "a cast is to a number or pointer, and this is " + describe.aType(type));
        };
    }

    private Operand containerOf(Expr.ContainerOf e) throws WrongException {
        Value pointer = value(operand(e.pointer()));
        if (!(pointer.type() instanceof CType.Pointer)) {
            throw new WrongException(
                    e.pointer().span(), "this takes a pointer, and this is " + describe.aType(pointer.type()));
        }
        return places.container(pointer, type(e.type()), e.members(), e.span());
    }

    // Operators

    private Operand unary(Expr.Unary e) throws WrongException {
        Operand operand = operand(e.operand());
        if (e.sign().equals("&")) {
            if (operand instanceof Place p) {
                return places.address(p, e.span());
            }
            throw new WrongException(e.span(), "only what is in memory has an address");
        }
        if (e.sign().equals("*")) {
            if (operand instanceof Place p && p.type() instanceof CType.Array array) {
                Node first = new Node.Const(0, IntKind.S32, e.span());
                return places.element(p, new CType.Array(array.element(), 0), Value.number(first), e.span());
            }
            Value value = value(operand);
            if (!(value.type() instanceof CType.Pointer)) {
                throw new WrongException(
                        e.span(), "'*' precedes a pointer, and this is " + describe.aType(value.type()));
            }
            return places.pointee(value, e.span());
        }
        Value value = value(operand);
        if (e.sign().equals("!")) {
            return Value.number(Folding.not(value.node(), e.span()));
        }
        Node node = integer(value, e.sign());
        return switch (e.sign()) {
            case "~" -> {
                Node inverted = Folding.complement(node, e.span());
                yield value.isNetworkOrder() ? new Value(inverted, value.type()) : Value.number(inverted);
            }
            case "-" -> Value.number(Folding.negate(node, e.span()));
            default -> Value.number(node);
        };
    }

    private Node integer(Value value, String sign) throws WrongException {
        if (value.type() instanceof CType.Pointer) {
            throw new WrongException(
                    value.span(),
                    "'" + sign + "' takes integers, and this is a pointer, " + describe.type(value.type()));
        }
        return value.node();
    }

    private Operand in(Expr.In e) throws WrongException {
        Operand of = operand(e.of());
        Node any = null;
        for (Expr one : e.list()) {
            Operand element = operand(one);
            Node equal = equality(Operator.EQ, of, element, e.operatorSpan(), e.span());
            any = any == null ? equal : Folding.logic(Operator.OR, any, equal, e.span());
        }
        return Value.number(Objects.requireNonNull(any));
    }

    private Operand binary(Expr.Binary e) throws WrongException {
        Operator operator = e.operator();
        Operand first = operand(e.left());
        Operand second = operand(e.right());
        if (first instanceof Operand.Text || second instanceof Operand.Text || operator.isTextOnly()) {
            return Value.number(texts.compare(operator, first, second, e.operatorSpan(), e.span()));
        }
        if (operator.isComparison()) {
            return Value.number(equality(operator, first, second, e.operatorSpan(), e.span()));
        }
        Value left = value(first);
        Value right = value(second);
        if (operator.isLogic()) {
            return Value.number(Folding.logic(operator, left.node(), right.node(), e.span()));
        }
        Node a = integer(left, operator.sign());
        Node b = integer(right, operator.sign());
        if (operator.isShift()) {
            requireHostOrder(operator, left, e);
            return Value.number(Folding.binary(operator, a, b, a.kind(), e.span()));
        }
        IntKind kind = IntKind.common(a.kind(), b.kind());
        Node node = Folding.binary(
                operator, Folding.convert(a, kind, a.span()), Folding.convert(b, kind, b.span()), kind, e.span());
        if (!left.isNetworkOrder() && !right.isNetworkOrder()) {
            return Value.number(node);
        }
        if (!operator.isBitwise()) {
            requireHostOrder(operator, left, e);
            requireHostOrder(operator, right, e);
        }
        comparisons.requireSameOrder(operator.sign(), left, right, e.operatorSpan());
        return new Value(node, left.isNetworkOrder() ? left.type() : right.type());
    }

    private static void requireHostOrder(Operator operator, Value value, Expr.Binary e) throws WrongException {
        if (value.isNetworkOrder()) {
            throw new WrongException(
                    e.operatorSpan(),
                    "'" + operator.sign()
                            + "' cannot calculate in network byte order; convert with ntohs() or ntohl() first");
        }
    }

    /** A comparison of what need not be numbers. */
    private Node equality(Operator operator, Operand first, Operand second, Span sign, Span span)
            throws WrongException {
        if (first instanceof Operand.Text || second instanceof Operand.Text) {
            return texts.compare(operator, first, second, sign, span);
        }
        if (first instanceof Operand.Namespace n) {
            return namespace(operator, n, second, sign, span);
        }
        if (second instanceof Operand.Namespace n) {
            return namespace(operator, n, first, sign, span);
        }
        return comparisons
                .compare(operator, value(first), value(second), sign, span)
                .node();
    }

    private Node namespace(Operator operator, Operand.Namespace namespace, Operand other, Span sign, Span span)
            throws WrongException {
        if (operator.isOrder()
                || !(other instanceof Value v)
                || !(v.node() instanceof Node.Const c)
                || c.value() == 0
                || c.value() == 1) {
            throw new WrongException(
                    sign,
                    "a namespace is compared with its number, as in /proc/PID/ns, or with \"initial\", by == and !=;"
                            + " by itself it is true if it is the initial one");
        }
        Node equal = facts.inode(namespace, c.value(), span);
        return operator == Operator.EQ ? equal : Folding.not(equal, span);
    }
}
