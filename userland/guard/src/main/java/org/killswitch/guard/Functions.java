// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard;

import java.util.List;
import org.killswitch.guard.GuardException.WrongException;
import org.killswitch.guard.Operand.Value;

/** What is written like a call of a function. */
final class Functions {

    static final String CONTAINER_OF = "container_of";

    /** But {@link #CONTAINER_OF}, one of whose arguments is a type. */
    static final List<String> NAMES = List.of("htons", "htonl", "ntohs", "ntohl", "capable", "ns_capable");

    static final String ONLY_THESE =
            "a guard cannot call functions; it knows " + String.join("(), ", NAMES) + "() and " + CONTAINER_OF + "()";

    private static final int CAPABILITIES = 64;

    private final CallerFacts facts;
    private final Describe describe;

    Functions(CallerFacts facts, Describe describe) {
        this.facts = facts;
        this.describe = describe;
    }

    Value call(Expr.Call call, List<Value> arguments) throws WrongException {
        if (arguments.size() != 1) {
            throw new WrongException(call.span(), call.name() + "() takes one argument, not " + arguments.size());
        }
        Value argument = arguments.getFirst();
        if (!(argument.type() instanceof CType.Int)) {
            throw new WrongException(
                    argument.span(),
                    call.name() + "() takes an integer, and this is " + describe.aType(argument.type()));
        }
        return switch (call.name()) {
            case "htons" -> swapped(argument, 2, true, call.span());
            case "htonl" -> swapped(argument, 4, true, call.span());
            case "ntohs" -> swapped(argument, 2, false, call.span());
            case "ntohl" -> swapped(argument, 4, false, call.span());
            case "capable" -> capable(argument, true, call.span());
            case "ns_capable" -> capable(argument, false, call.span());
            default -> throw new IllegalArgumentException(call.name());
        };
    }

    private Value swapped(Value of, int bytes, boolean toNetwork, Span span) throws WrongException {
        if (of.isNetworkOrder() == toNetwork) {
            throw new WrongException(
                    of.span(),
                    toNetwork
                            ? "this is in network byte order already"
                            : "this is not declared to be in network byte order (__be16, __be32); cast it if it is");
        }
        if (of.node() instanceof Node.Const && !fits(of, bytes)) {
            throw new WrongException(of.span(), "this does not fit " + bytes * 8 + " bits");
        }
        Node node = Folding.swap(of.node(), bytes, span);
        return toNetwork
                ? new Value(node, new CType.Int(bytes == 2 ? "__be16" : "__be32", bytes, false, true))
                : Value.number(node);
    }

    private static boolean fits(Value of, int bytes) {
        Ranges value = Ranges.of(of.node());
        return value.least().signum() >= 0 && value.most().bitLength() <= bytes * 8;
    }

    private Value capable(Value capability, boolean initially, Span span) throws WrongException {
        if (!(capability.node() instanceof Node.Const c) || c.value() < 0 || c.value() >= CAPABILITIES) {
            throw new WrongException(capability.span(), "this takes a capability, as in capable(CAP_NET_ADMIN)");
        }
        return Value.number(facts.capable(c.value(), initially, span));
    }
}
