// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.killswitch.host.btf.Btf;
import org.killswitch.host.btf.BtfKind;

/** {@link GuardScope} out of BTF. */
final class BtfScope implements GuardScope {

    /** No chain of typedefs, qualifiers and arrays is as long; one in broken BTF might have no end. */
    private static final int CHAIN_MAX = 64;

    private static final Set<String> NETWORK_ORDER = Set.of("__be16", "__be32", "__be64");

    private final Btf btf;
    private final String function;
    private final OptionalInt prototype;
    private final String whyNoParameters;
    private final Surroundings surroundings;

    /** Types that the BTF does not have, by the number from which it has none; see {@link #synthetic}. */
    private final List<Synthetic> synthetics = new ArrayList<>();

    private final List<SavedArgument> savedArguments;

    /** A type that was written in an expression. */
    private record Synthetic(CType type, String name) {}

    /**
     * The types that a function of a kernel or module knows.
     *
     * @param prototype the function's FUNC_PROTO; empty where it is not known
     * @param systemCall the arguments of the system call that it is an entry of
     */
    BtfScope(
            Btf btf,
            String function,
            OptionalInt prototype,
            String whyNoParameters,
            List<SystemCall.Argument> systemCall,
            Surroundings surroundings) {
        this.btf = btf;
        this.function = function;
        this.prototype = prototype;
        this.whyNoParameters = whyNoParameters;
        this.surroundings = surroundings;
        savedArguments = systemCall.stream().map(this::saved).toList();
    }

    private SavedArgument saved(SystemCall.Argument argument) {
        Expr.TypeName name = argument.type();
        int type = type(name.keyword(), name.name()).orElse(0);
        for (int i = 0; i < name.stars(); i++) {
            type = pointer(type, Space.USER);
        }
        int bytes = resolve(type) instanceof CType.Int i ? Math.min(i.bytes(), argument.bytes()) : argument.bytes();
        return new SavedArgument(argument.name(), type, argument.offset(), bytes);
    }

    private boolean isSynthetic(int type) {
        return type >= btf.typeCount();
    }

    private Synthetic synthetic(int type) {
        return synthetics.get(type - btf.typeCount());
    }

    private int synthetic(CType type, String name) {
        synthetics.add(new Synthetic(type, name));
        return btf.typeCount() + synthetics.size() - 1;
    }

    @Override
    public List<SavedArgument> savedArguments() {
        return savedArguments;
    }

    @Override
    public Surroundings surroundings() {
        return surroundings;
    }

    @Override
    public OptionalInt type(String keyword, String name) {
        return switch (keyword) {
            case "struct" -> btf.find(BtfKind.STRUCT, name);
            case "union" -> btf.find(BtfKind.UNION, name);
            case "enum" -> {
                OptionalInt found = btf.find(BtfKind.ENUM, name);
                yield found.isPresent() ? found : btf.find(BtfKind.ENUM64, name);
            }
            default -> {
                Optional<CType> basic = BasicTypes.named(name);
                yield basic.isPresent()
                        ? OptionalInt.of(name.equals("void") ? 0 : synthetic(basic.get(), name))
                        : btf.find(BtfKind.TYPEDEF, name);
            }
        };
    }

    @Override
    public int pointer(int to, Space space) {
        String name = name(to);
        return synthetic(new CType.Pointer(to, space), name + (name.endsWith("*") ? "*" : " *"));
    }

    @Override
    public String function() {
        return function;
    }

    @Override
    public Optional<List<Parameter>> parameters() {
        if (prototype.isEmpty()) {
            return Optional.empty();
        }
        // Of type void is the "..." after them.
        return Optional.of(btf.parameters(prototype.getAsInt()).stream()
                .filter(p -> p.type() != 0)
                .map(p -> new Parameter(p.name(), p.type()))
                .toList());
    }

    @Override
    public String whyNoParameters() {
        return whyNoParameters;
    }

    /** Without typedefs and qualifiers. */
    private int bare(int type) {
        int at = type;
        for (int i = 0; i < CHAIN_MAX; i++) {
            if (!btf.isAlias(at)) {
                return at;
            }
            at = btf.target(at);
        }
        return 0;
    }

    @Override
    public CType resolve(int type) {
        if (isSynthetic(type)) {
            return synthetic(type).type();
        }
        int bare = bare(type);
        return switch (btf.kind(bare)) {
            case BtfKind.INT -> {
                Btf.IntType i = btf.intType(bare);
                yield i.bits() == i.bytes() * 8 && isMachineSize(i.bytes())
                        ? integer(type, bare, i)
                        : new CType.Other();
            }
            case BtfKind.ENUM, BtfKind.ENUM64 ->
                isMachineSize(btf.size(bare))
                        ? new CType.Int("enum " + btf.name(bare), btf.size(bare), btf.isSignedEnum(bare))
                        : new CType.Other();
            case BtfKind.PTR ->
                new CType.Pointer(btf.target(bare), isTaggedUser(btf.target(bare)) ? Space.USER : Space.EITHER);
            case BtfKind.ARRAY -> {
                Btf.ArrayType array = btf.array(bare);
                yield new CType.Array(array.element(), array.count());
            }
            case BtfKind.STRUCT, BtfKind.UNION -> new CType.Struct(bare);
            case BtfKind.FWD -> new CType.Struct(declared(bare));
            default -> new CType.Other();
        };
    }

    /** Whether a plain char has a sign depends on the kernel; here it has none anywhere. */
    private CType.Int integer(int type, int bare, Btf.IntType i) {
        Optional<String> declared = networkOrder(type);
        String name = btf.name(bare);
        return new CType.Int(
                declared.orElse(name), i.bytes(), i.signed() && !name.equals("char"), declared.isPresent());
    }

    private Optional<String> networkOrder(int type) {
        int at = type;
        for (int i = 0; i < CHAIN_MAX && btf.isAlias(at); i++) {
            if (btf.kind(at) == BtfKind.TYPEDEF && NETWORK_ORDER.contains(btf.name(at))) {
                return Optional.of(btf.name(at));
            }
            at = btf.target(at);
        }
        return Optional.empty();
    }

    /** Whether the kernel's compiler has kept what sources mark with __user. */
    private boolean isTaggedUser(int type) {
        int at = type;
        for (int i = 0; i < CHAIN_MAX && btf.isAlias(at); i++) {
            if (btf.kind(at) == BtfKind.TYPE_TAG && btf.name(at).equals("user")) {
                return true;
            }
            at = btf.target(at);
        }
        return false;
    }

    private static boolean isMachineSize(int bytes) {
        return bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8;
    }

    /** What a type that is only declared in one place is in another, if it is anywhere. */
    private int declared(int fwd) {
        return btf.find(btf.isUnionFwd(fwd) ? BtfKind.UNION : BtfKind.STRUCT, btf.name(fwd))
                .orElse(fwd);
    }

    @Override
    public long size(int type) {
        return size(type, 0);
    }

    private long size(int type, int depth) {
        if (isSynthetic(type)) {
            return synthetic(type).type() instanceof CType.Int i ? i.bytes() : 8;
        }
        int bare = bare(type);
        return switch (btf.kind(bare)) {
            case BtfKind.PTR -> 8;
            case BtfKind.INT, BtfKind.ENUM, BtfKind.ENUM64, BtfKind.STRUCT, BtfKind.UNION, BtfKind.FLOAT ->
                btf.size(bare);
            case BtfKind.ARRAY -> {
                Btf.ArrayType array = btf.array(bare);
                yield depth > CHAIN_MAX ? 0 : array.count() * size(array.element(), depth + 1);
            }
            case BtfKind.FWD -> declared(bare) == bare ? 0 : btf.size(declared(bare));
            default -> 0;
        };
    }

    @Override
    public String name(int type) {
        return name(type, 0);
    }

    private String name(int type, int depth) {
        if (depth > CHAIN_MAX) {
            return "...";
        }
        if (isSynthetic(type)) {
            return synthetic(type).name();
        }
        return switch (btf.kind(type)) {
            case BtfKind.PTR -> {
                String to = name(btf.target(type), depth + 1);
                yield to + (to.endsWith("*") ? "*" : " *");
            }
            case BtfKind.STRUCT -> "struct " + orUnnamed(type);
            case BtfKind.UNION -> "union " + orUnnamed(type);
            case BtfKind.ENUM, BtfKind.ENUM64 -> "enum " + orUnnamed(type);
            case BtfKind.FWD -> (btf.isUnionFwd(type) ? "union " : "struct ") + btf.name(type);
            case BtfKind.CONST -> "const " + name(btf.target(type), depth + 1);
            case BtfKind.VOLATILE, BtfKind.RESTRICT, BtfKind.TYPE_TAG -> name(btf.target(type), depth + 1);
            case BtfKind.ARRAY -> {
                Btf.ArrayType array = btf.array(type);
                yield name(array.element(), depth + 1) + "[" + array.count() + "]";
            }
            case BtfKind.FUNC_PROTO -> "function";
            default -> btf.name(type);
        };
    }

    private String orUnnamed(int type) {
        return btf.name(type).isEmpty() ? "{...}" : btf.name(type);
    }

    @Override
    public List<Field> fields(CType.Struct struct) {
        List<Field> fields = new ArrayList<>();
        collect(struct.id(), 0, 0, fields);
        return fields;
    }

    private void collect(int type, long bitOffset, int depth, List<Field> fields) {
        int kind = btf.kind(type);
        if (depth > CHAIN_MAX || (kind != BtfKind.STRUCT && kind != BtfKind.UNION)) {
            return;
        }
        for (Btf.Member member : btf.members(type)) {
            long offset = bitOffset + member.bitOffset();
            if (member.name().isEmpty()) {
                collect(bare(member.type()), offset, depth + 1, fields);
            } else {
                fields.add(new Field(member.name(), member.type(), offset, member.bits()));
            }
        }
    }

    @Override
    public List<Constant> constants(String name) {
        List<Constant> found = new ArrayList<>();
        Long common = UapiConstants.values().get(name);
        if (common != null) {
            found.add(new Constant(common, false, "the kernel's headers"));
        }
        btf.forEachEnum(type -> {
            for (Btf.Enumerator e : btf.enumerators(type, name)) {
                found.add(new Constant(e.value(), !btf.isSignedEnum(type), name(type)));
            }
        });
        return found;
    }

    @Override
    public List<String> constantNames() {
        List<String> names = new ArrayList<>(UapiConstants.values().keySet());
        btf.forEachEnum(type -> btf.enumerators(type).forEach(e -> names.add(e.name())));
        return names;
    }
}
