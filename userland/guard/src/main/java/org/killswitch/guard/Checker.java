package org.killswitch.guard;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.killswitch.guard.GuardException.WrongException;
import org.killswitch.posix.DidYouMean;

/**
 * Finds out what types things have; says what is wrong in the terms of the expression. It is long because each rule of
 * the language has a message of its own, and short rules that call each other are best read together.
 */
final class Checker {

    /** Bytes of text that a guard compares at most; they go on a BPF program's stack. */
    static final int TEXT_MAX = 64;

    /** The inode number of the initial user namespace: PROC_USER_INIT_INO of the kernel's linux/proc_ns.h. */
    private static final long INITIAL_USER_NAMESPACE = 0xEFFF_FFFDL;

    private final GuardScope types;
    private final Arguments arguments;
    private final Names names;

    private Checker(GuardScope types) {
        this.types = types;
        arguments = new Arguments(types);
        names = new Names(types, arguments);
    }

    /** What an expression computes. */
    static Node check(Expr expr, GuardScope types) throws WrongException {
        Checker checker = new Checker(types);
        return checker.value(checker.operand(expr)).node;
    }

    /** What a part of an expression is. */
    private sealed interface Operand {
        Span span();
    }

    /** A number or pointer. */
    private record Value(Node node, CType type) implements Operand {
        @Override
        public Span span() {
            return node.span();
        }
    }

    /** Something in kernel memory; {@code bits} is 0 unless it is a bit-field, which {@code shift} bits come before. */
    private record Place(Node base, long offset, CType type, int shift, int bits, Span span) implements Operand {}

    private record Text(String value, Span span) implements Operand {}

    private record Comm(Span span) implements Operand {}

    private Operand operand(Expr expr) throws WrongException {
        return switch (expr) {
            case Expr.Literal n -> number(Literal.parse(n.token()));
            case Expr.Text t -> new Text(t.value(), t.span());
            case Expr.Name n -> name(n);
            case Expr.Group g -> operand(g.inner());
            case Expr.Field f -> field(f);
            case Expr.Index i -> index(i);
            case Expr.Unary u -> unary(u);
            case Expr.Binary b -> binary(b);
        };
    }

    /** A result, which has the type that its kind says. */
    private static Value number(Node node) {
        IntKind kind = node.kind();
        return new Value(node, new CType.Int(kind.name(), kind.bits() / 8, kind.signed()));
    }

    // Names

    private Operand name(Expr.Name e) throws WrongException {
        return switch (names.meaning(e)) {
            case Names.Argument a -> argument(a.index(), e.span());
            case Names.Caller c -> fact(c.fact(), e.span());
            case Names.Constant n -> number(Literal.of(n.constant(), e.span()));
        };
    }

    private Value argument(int index, Span span) throws WrongException {
        Arguments.InRegister argument = arguments.find(index, span);
        CType type = argument.type();
        if (type instanceof CType.Int i) {
            IntKind kind = IntKind.promoted(i.bytes() * 8, i.signed());
            return new Value(new Node.Argument(argument.register(), i.bytes(), i.signed(), kind, span), type);
        }
        return new Value(new Node.Argument(argument.register(), 8, false, IntKind.U64, span), type);
    }

    // The caller

    private Operand fact(CallerFact fact, Span span) throws WrongException {
        return switch (fact) {
            case UID -> number(new Node.HelperCall(Node.CallerHelper.UID, span));
            case GID -> number(new Node.HelperCall(Node.CallerHelper.GID, span));
            case PID -> number(new Node.HelperCall(Node.CallerHelper.PID, span));
            case CGROUP -> number(new Node.HelperCall(Node.CallerHelper.CGROUP, span));
            case COMM -> new Comm(span);
            case USERNS -> {
                Value namespace = follow(new Node.HelperCall(Node.CallerHelper.TASK, span), span, "cred", "user_ns");
                yield isNamespace(namespace, INITIAL_USER_NAMESPACE, span);
            }
            case NETNS -> {
                long initial = types.initialNetworkNamespace()
                        .orElseThrow(() -> new WrongException(
                                span,
                                "which network namespace is the initial one cannot be told here; run it as root outside"
                                        + " of containers"));
                Value namespace = follow(new Node.HelperCall(Node.CallerHelper.TASK, span), span, "nsproxy", "net_ns");
                yield isNamespace(namespace, initial, span);
            }
        };
    }

    /** From the caller's task through pointers. */
    private Value follow(Node task, Span span, String... fields) throws WrongException {
        OptionalInt struct = types.struct("task_struct");
        if (struct.isEmpty()) {
            throw new WrongException(span, "this needs the kernel's BTF, which has no struct task_struct");
        }
        Value value = new Value(task, new CType.Pointer(struct.getAsInt()));
        for (String field : fields) {
            value = value(member(pointee(value), field, span, span));
        }
        return value;
    }

    private Value isNamespace(Value namespace, long inode, Span span) throws WrongException {
        Value number = value(member((Place) member(pointee(namespace), "ns", span, span), "inum", span, span));
        return number(Folding.compare(Operator.EQ, number.node, new Node.Const(inode, number.node.kind(), span), span));
    }

    private Place pointee(Value value) {
        CType.Pointer pointer = (CType.Pointer) value.type;
        return new Place(value.node, 0, types.resolve(pointer.to()), 0, 0, value.span());
    }

    // Memory

    private Operand field(Expr.Field e) throws WrongException {
        if (e.of() instanceof Expr.Name(String name, Span span)
                && name.equals(Names.CALLER)
                && !e.arrow()
                && arguments.named(Names.CALLER).isEmpty()) {
            CallerFact fact = CallerFact.named(e.name())
                    .orElseThrow(() -> new WrongException(
                            e.nameSpan(),
                            "nothing is known of the caller's '" + e.name() + "', only "
                                    + String.join(", ", CallerFact.words())
                                    + DidYouMean.hint(e.name(), CallerFact.words())));
            return fact(fact, e.span());
        }
        Operand of = operand(e.of());
        if (e.arrow()) {
            if (of instanceof Place p && p.type instanceof CType.Struct) {
                throw new WrongException(
                        e.nameSpan(), "before '->' is a " + describe(p.type) + " and no pointer to one; write '.'");
            }
            Value value = value(of);
            if (!(value.type instanceof CType.Pointer pointer)
                    || !(types.resolve(pointer.to()) instanceof CType.Struct)) {
                throw new WrongException(
                        of.span(), "'->' follows a pointer to a struct, and this is " + article(describe(value.type)));
            }
            return member(pointee(value), e.name(), e.nameSpan(), e.span());
        }
        if (of instanceof Place p && p.type instanceof CType.Struct) {
            return member(p, e.name(), e.nameSpan(), e.span());
        }
        CType type = of instanceof Place p ? p.type : value(of).type;
        if (type instanceof CType.Pointer pointer && types.resolve(pointer.to()) instanceof CType.Struct) {
            throw new WrongException(e.nameSpan(), "before '.' is a pointer, " + describe(type) + "; write '->'");
        }
        throw new WrongException(of.span(), "'.' follows a struct, and this is " + article(describe(type)));
    }

    private Operand member(Place of, String name, Span nameSpan, Span span) throws WrongException {
        CType.Struct struct = (CType.Struct) of.type;
        List<GuardScope.Field> fields = types.fields(struct);
        if (fields.isEmpty()) {
            throw new WrongException(
                    nameSpan,
                    describe(struct)
                            + " is known by name only; what is in it may be known once the module that has it is"
                            + " loaded");
        }
        GuardScope.Field field = named(fields, name)
                .or(() -> underMacro(struct, fields, name))
                .orElseThrow(() -> new WrongException(
                        nameSpan,
                        describe(struct) + " has no field '" + name + "'"
                                + DidYouMean.hint(
                                        name,
                                        fields.stream()
                                                .map(GuardScope.Field::name)
                                                .toList())));
        return new Place(
                of.base,
                of.offset + field.bitOffset() / 8,
                types.resolve(field.type()),
                (int) (field.bitOffset() % 8),
                field.bits(),
                span);
    }

    private static Optional<GuardScope.Field> named(List<GuardScope.Field> fields, String name) {
        return fields.stream().filter(f -> f.name().equals(name)).findFirst();
    }

    /**
     * In C, the fields that all sockets have in common are written sk_family, sk_state and so on, which are macros of
     * net/sock.h for __sk_common.skc_family. The types know nothing of macros.
     */
    private Optional<GuardScope.Field> underMacro(CType.Struct struct, List<GuardScope.Field> fields, String name) {
        if (!types.name(struct.id()).equals("struct sock") || !name.startsWith("sk_")) {
            return Optional.empty();
        }
        return named(fields, "__sk_common")
                .flatMap(common -> types.resolve(common.type()) instanceof CType.Struct inner
                        ? named(types.fields(inner), "skc_" + name.substring("sk_".length()))
                                .map(f -> new GuardScope.Field(
                                        name, f.type(), common.bitOffset() + f.bitOffset(), f.bits()))
                        : Optional.empty());
    }

    private Operand index(Expr.Index e) throws WrongException {
        Operand of = operand(e.of());
        Value index = value(operand(e.index()));
        if (!(index.type instanceof CType.Int)) {
            throw new WrongException(
                    e.index().span(), "an index is an integer, and this is " + article(describe(index.type)));
        }
        if (of instanceof Place p && p.type instanceof CType.Array array) {
            if (index.node instanceof Node.Const c
                    && (c.value() < 0 || (array.count() > 0 && c.value() >= array.count()))) {
                throw new WrongException(
                        e.index().span(),
                        "the array has " + array.count() + " elements; the last one is [" + (array.count() - 1) + "]");
            }
            return element(p.base, p.offset, array.element(), index.node, e.span());
        }
        Value value = value(of);
        if (!(value.type instanceof CType.Pointer pointer)) {
            throw new WrongException(
                    of.span(), "'[' follows an array or a pointer, and this is " + article(describe(value.type)));
        }
        return element(value.node, 0, pointer.to(), index.node, e.span());
    }

    private Place element(Node base, long offset, int type, Node index, Span span) throws WrongException {
        long size = types.size(type);
        if (size <= 0) {
            throw new WrongException(span, "what a " + types.name(type) + " * points to has no size");
        }
        if (index instanceof Node.Const c) {
            return new Place(base, offset + c.value() * size, types.resolve(type), 0, 0, span);
        }
        Node wide = Folding.convert(index, IntKind.U64, index.span());
        Node scaled = size == 1
                ? wide
                : Folding.binary(Operator.MUL, wide, new Node.Const(size, IntKind.U64, span), IntKind.U64, span);
        return new Place(
                Folding.binary(Operator.ADD, base, scaled, IntKind.U64, span), offset, types.resolve(type), 0, 0, span);
    }

    /** What an operand has for a value. */
    private Value value(Operand operand) throws WrongException {
        return switch (operand) {
            case Value v -> v;
            case Place p -> load(p);
            case Text t ->
                throw new WrongException(
                        t.span, "a string can only be compared, by == or !=, with comm, a char array or a char *");
            case Comm c ->
                throw new WrongException(c.span, "comm is a text; compare it with one, as in comm == \"sshd\"");
        };
    }

    private Value load(Place p) throws WrongException {
        return switch (p.type) {
            case CType.Int i when p.bits > 0 -> bits(p, i);
            case CType.Int i -> {
                IntKind kind = IntKind.promoted(i.bytes() * 8, i.signed());
                yield new Value(new Node.Load(p.base, p.offset, i.bytes(), i.signed(), kind, p.span), i);
            }
            case CType.Pointer to -> new Value(new Node.Load(p.base, p.offset, 8, false, IntKind.U64, p.span), to);
            case CType.Array a ->
                throw new WrongException(
                        p.span, "this is an array, " + describe(a) + "; write which element, as in [0]");
            case CType.Struct s ->
                throw new WrongException(p.span, "this is a whole " + describe(s) + "; write which field of it");
            case CType.Other o -> throw new WrongException(p.span, "this has a type that guards cannot use");
        };
    }

    private Value bits(Place p, CType.Int type) throws WrongException {
        int bytes = (p.shift + p.bits + 7) / 8;
        if (bytes > 8) {
            throw new WrongException(p.span, "this bit-field lies across nine bytes, which guards cannot read");
        }
        IntKind kind = IntKind.promoted(p.bits, type.signed());
        return new Value(new Node.Bits(p.base, p.offset, bytes, p.shift, p.bits, type.signed(), kind, p.span), type);
    }

    // Operators

    private Operand unary(Expr.Unary e) throws WrongException {
        Operand operand = operand(e.operand());
        if (e.sign().equals("*")) {
            if (operand instanceof Place p && p.type instanceof CType.Array a) {
                return new Place(p.base, p.offset, types.resolve(a.element()), 0, 0, e.span());
            }
            Value value = value(operand);
            if (!(value.type instanceof CType.Pointer)) {
                throw new WrongException(
                        e.span(), "'*' precedes a pointer, and this is " + article(describe(value.type)));
            }
            Place place = pointee(value);
            return new Place(place.base, 0, place.type, 0, 0, e.span());
        }
        Value value = value(operand);
        if (e.sign().equals("!")) {
            return number(Folding.not(value.node, e.span()));
        }
        Node node = integer(value, e.sign());
        return number(
                switch (e.sign()) {
                    case "~" -> Folding.complement(node, e.span());
                    case "-" -> Folding.negate(node, e.span());
                    default -> node;
                });
    }

    private Node integer(Value value, String sign) throws WrongException {
        if (value.type instanceof CType.Pointer) {
            throw new WrongException(
                    value.span(), "'" + sign + "' takes integers, and this is a pointer, " + describe(value.type));
        }
        return value.node;
    }

    private Operand binary(Expr.Binary e) throws WrongException {
        Operator operator = e.operator();
        Operand first = operand(e.left());
        Operand second = operand(e.right());
        if (first instanceof Text || second instanceof Text) {
            return number(textComparison(operator, first, second, e));
        }
        Value left = value(first);
        Value right = value(second);
        if (operator.isLogic()) {
            return number(Folding.logic(operator, left.node, right.node, e.span()));
        }
        if (operator.isComparison()) {
            IntKind kind = IntKind.common(left.node.kind(), right.node.kind());
            return number(Folding.compare(operator, as(left.node, kind), as(right.node, kind), e.span()));
        }
        Node a = integer(left, operator.sign());
        Node b = integer(right, operator.sign());
        if (operator.isShift()) {
            return number(Folding.binary(operator, a, b, a.kind(), e.span()));
        }
        IntKind kind = IntKind.common(a.kind(), b.kind());
        return number(Folding.binary(operator, as(a, kind), as(b, kind), kind, e.span()));
    }

    private static Node as(Node node, IntKind kind) {
        return Folding.convert(node, kind, node.span());
    }

    private Node textComparison(Operator operator, Operand first, Operand second, Expr.Binary e) throws WrongException {
        Text text = first instanceof Text t ? t : (Text) second;
        Operand other = first instanceof Text ? second : first;
        if (operator != Operator.EQ && operator != Operator.NE) {
            throw new WrongException(e.operatorSpan(), "strings are compared by == and != only");
        }
        if (text.value.indexOf('\0') >= 0) {
            throw new WrongException(text.span, "a string of the kernel has no NUL in it");
        }
        Node equal = equal(other, text, text.value.getBytes(StandardCharsets.UTF_8), e.span());
        return operator == Operator.EQ ? equal : Folding.not(equal, e.span());
    }

    private Node equal(Operand operand, Text text, byte[] bytes, Span span) throws WrongException {
        if (operand instanceof Comm) {
            if (bytes.length >= Node.COMM_SIZE) {
                throw new WrongException(
                        text.span,
                        "the kernel keeps " + (Node.COMM_SIZE - 1) + " bytes of a comm, and this has " + bytes.length);
            }
            return new Node.CommIs(text.value, span);
        }
        if (operand instanceof Value(Node.HelperCall(Node.CallerHelper question, Span at), CType type)
                && question == Node.CallerHelper.CGROUP) {
            OptionalLong id = types.controlGroup(text.value);
            if (id.isEmpty()) {
                throw new WrongException(text.span, "there is no such control group below /sys/fs/cgroup");
            }
            return Folding.compare(
                    Operator.EQ, ((Value) operand).node, new Node.Const(id.getAsLong(), IntKind.U64, text.span), span);
        }
        if (bytes.length > TEXT_MAX) {
            throw new WrongException(text.span, "a string may have up to " + TEXT_MAX + " bytes, not " + bytes.length);
        }
        if (operand instanceof Place p && p.type instanceof CType.Array a && isByte(a.element())) {
            if (a.count() > 0 && bytes.length > a.count()) {
                throw new WrongException(
                        text.span, "this has " + bytes.length + " bytes, and the array has room for " + a.count());
            }
            return new Node.TextIs(p.base, p.offset, a.count(), text.value, span);
        }
        Value value = value(operand);
        if (value.type instanceof CType.Pointer pointer && isByte(pointer.to())) {
            return new Node.TextIs(value.node, 0, 0, text.value, span);
        }
        throw new WrongException(
                operand.span(),
                "a string is compared with comm, cgroup, a char array or a char *, and this is "
                        + article(describe(value.type)));
    }

    private boolean isByte(int type) {
        return types.resolve(type) instanceof CType.Int i && i.bytes() == 1;
    }

    // Words

    private String describe(CType type) {
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

    private static String article(String noun) {
        if (noun.startsWith("something")) {
            return noun;
        }
        boolean vowel = "aeio".indexOf(noun.charAt(0)) >= 0 || noun.startsWith("unsigned");
        return (vowel ? "an " : "a ") + noun;
    }
}
