// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.killswitch.guard.GuardException.WrongException;
import org.killswitch.guard.Operand.Place;
import org.killswitch.guard.Operand.Text;
import org.killswitch.guard.Operand.Value;

/** What is compared with a string. */
final class Texts {

    /** Bytes of text that a guard compares at most; they go on a BPF program's stack. */
    static final int TEXT_MAX = 64;

    private static final String INITIAL = "initial";

    private final GuardScope types;
    private final Places places;
    private final CallerFacts facts;
    private final Addresses addresses;
    private final Describe describe;

    Texts(GuardScope types, Places places, CallerFacts facts) {
        this.types = types;
        this.places = places;
        this.facts = facts;
        addresses = new Addresses(types, places);
        describe = new Describe(types);
    }

    Node compare(Operator operator, Operand first, Operand second, Span sign, Span span) throws WrongException {
        if (first instanceof Text && operator.isTextOnly()) {
            throw new WrongException(first.span(), "the string goes on the right of '" + operator.sign() + "'");
        }
        if (!(second instanceof Text) && operator.isTextOnly()) {
            throw new WrongException(
                    second.span(),
                    "'" + operator.sign() + "' takes a string on its right, as in x " + operator.sign() + " \"abc\"");
        }
        Text text = first instanceof Text t ? t : (Text) second;
        Operand other = first instanceof Text ? second : first;
        if (operator.isOrder() || !(operator.isComparison() || operator.isTextOnly())) {
            throw new WrongException(sign, "strings are compared by ==, !=, ^= (starts with) and $= (ends with) only");
        }
        if (text.value().indexOf('\0') >= 0) {
            throw new WrongException(text.span(), "a string of the kernel has no NUL in it");
        }
        TextMatch match = switch (operator) {
            case STARTS -> TextMatch.START;
            case ENDS -> TextMatch.END;
            default -> TextMatch.WHOLE;
        };
        Node matches = matches(other, text, match, sign, span);
        return operator == Operator.NE ? Folding.not(matches, span) : matches;
    }

    private Node matches(Operand operand, Text text, TextMatch match, Span sign, Span span) throws WrongException {
        if (match == TextMatch.WHOLE) {
            Optional<Node> fact = whole(operand, text, span);
            if (fact.isPresent()) {
                return fact.get();
            }
        } else if (operand instanceof Operand.Executable
                || operand instanceof Operand.ControlGroup
                || operand instanceof Operand.Namespace) {
            throw new WrongException(sign, "this is compared by == and != only");
        } else if (text.value().isEmpty()) {
            throw new WrongException(text.span(), "every string starts and ends with this");
        }
        byte[] bytes = text.value().getBytes(StandardCharsets.UTF_8);
        if (operand instanceof Operand.Comm) {
            return comm(operand, text, bytes, match, span);
        }
        if (bytes.length > TEXT_MAX) {
            throw new WrongException(
                    text.span(), "a string may have up to " + TEXT_MAX + " bytes, not " + bytes.length);
        }
        if (operand instanceof Place p && p.type() instanceof CType.Array a && isByte(a.element())) {
            if (a.count() > 0 && bytes.length > a.count()) {
                throw new WrongException(
                        text.span(), "this has " + bytes.length + " bytes, and the array has room for " + a.count());
            }
            return new Node.TextIs(p.at(), a.count(), text.value(), match, span);
        }
        Value value = value(operand);
        if (value.type() instanceof CType.Pointer pointer && isByte(pointer.to())) {
            return new Node.TextIs(places.pointee(value, span).at(), 0, text.value(), match, span);
        }
        throw new WrongException(
                operand.span(),
                "a string is compared with comm, exe, cgroup, a namespace, an address, a char array or a char *, and this is "
                        + describe.aType(value.type()));
    }

    private Value value(Operand operand) throws WrongException {
        return switch (operand) {
            case Value v -> v;
            case Place p -> places.load(p);
            default -> throw new WrongException(operand.span(), "two strings are not compared with each other");
        };
    }

    private Node comm(Operand comm, Text text, byte[] bytes, TextMatch match, Span span) throws WrongException {
        if (bytes.length >= Node.COMM_SIZE) {
            throw new WrongException(
                    text.span(),
                    "the kernel keeps " + (Node.COMM_SIZE - 1) + " bytes of a comm, and this has " + bytes.length);
        }
        if (match != TextMatch.END) {
            return new Node.CommIs(text.value(), match, span);
        }
        Value task = (Value) facts.fact(CallerFact.CURRENT, comm.span());
        Place field = places.member(places.pointee(task, span), "comm", span, span);
        return new Node.TextIs(field.at(), Node.COMM_SIZE, text.value(), match, span);
    }

    private Optional<Node> whole(Operand operand, Text text, Span span) throws WrongException {
        return switch (operand) {
            case Operand.Executable e -> Optional.of(facts.runs(text.value(), text.span(), span));
            case Operand.ControlGroup g -> Optional.of(facts.isBelow(text.value(), text.span(), span));
            case Operand.Namespace n -> {
                if (!text.value().equals(INITIAL)) {
                    throw new WrongException(
                            text.span(),
                            "a namespace is compared with \"" + INITIAL + "\" or with its number, as in /proc/PID/ns");
                }
                yield Optional.of(facts.isInitial(n, "namespace", span));
            }
            default -> addresses.isIn(operand, text, span);
        };
    }

    private boolean isByte(int type) {
        return types.resolve(type) instanceof CType.Int i && i.bytes() == 1;
    }
}
