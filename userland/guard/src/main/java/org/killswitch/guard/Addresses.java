// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.killswitch.guard.GuardException.WrongException;
import org.killswitch.guard.Operand.Place;
import org.killswitch.guard.Operand.Text;
import org.killswitch.guard.Operand.Value;

/** Internet addresses and networks in strings, against fields that have addresses. */
final class Addresses {

    private static final int V4 = 4;
    private static final int V6 = 16;
    private static final int WORD = 8;
    private static final Pattern V4_FORM = Pattern.compile("(?<a>\\d{1,3}(?:\\.\\d{1,3}){3})(?:/(?<bits>\\d{1,2}))?");
    private static final Pattern V6_FORM = Pattern.compile("(?<a>[0-9a-fA-F:]*:[0-9a-fA-F:.]*)(?:/(?<bits>\\d{1,3}))?");

    private final GuardScope types;
    private final Places places;

    Addresses(GuardScope types, Places places) {
        this.types = types;
        this.places = places;
    }

    /** An address, and for each of its bits whether it counts, as the machine reads them. */
    private record Network(ByteBuffer address, ByteBuffer mask) {
        /** Some bytes as a number. */
        static long word(ByteBuffer bytes, int at, int width) {
            long word = 0;
            for (int i = width - 1; i >= 0; i--) {
                word = word << 8 | (bytes.get(at + i) & 0xff);
            }
            return word;
        }
    }

    /** Whether an address is the one in a text, or in that network; empty where the operand is no address. */
    Optional<Node> isIn(Operand operand, Text text, Span span) throws WrongException {
        if (operand instanceof Value v && v.isNetworkOrder()) {
            return Optional.of(isIn(v, text, span));
        }
        if (!(operand instanceof Place p)) {
            return Optional.empty();
        }
        if (p.type() instanceof CType.Int i && i.networkOrder() && p.bits() == 0) {
            return Optional.of(isIn(places.load(p), text, span));
        }
        int bytes = addressBytes(p);
        if (bytes == 0) {
            return Optional.empty();
        }
        Network network = network(text, bytes);
        Node all = null;
        for (int at = 0; at < bytes; at += WORD) {
            int width = Math.min(WORD, bytes - at);
            long mask = Network.word(network.mask, at, width);
            if (mask != 0) {
                Node.Memory from = new Node.Memory(p.at().address(), p.at().offset() + at, p.at().space());
                IntKind kind = IntKind.promoted(width * 8, false);
                Node part = new Node.Load(from, width, false, false, kind, p.span());
                Node same = masked(part, mask, Network.word(network.address, at, width), span);
                all = all == null ? same : Folding.logic(Operator.AND, all, same, span);
            }
        }
        return Optional.ofNullable(all);
    }

    private int addressBytes(Place p) {
        if (p.type() instanceof CType.Struct s) {
            return switch (types.name(s.id())) {
                case "struct in_addr" -> V4;
                case "struct in6_addr" -> V6;
                default -> 0;
            };
        }
        boolean words = p.type() instanceof CType.Array a
                && types.resolve(a.element()) instanceof CType.Int i
                && i.networkOrder()
                && i.bytes() * a.count() == V6;
        return words ? V6 : 0;
    }

    private static Node isIn(Value value, Text text, Span span) throws WrongException {
        int bytes = ((CType.Int) value.type()).bytes();
        if (bytes != V4) {
            throw new WrongException(
                    value.span(),
                    "an address has four or sixteen bytes, and this has " + bytes + "; a port is written htons(80)");
        }
        Network network = network(text, bytes);
        return masked(value.node(), Network.word(network.mask, 0, V4), Network.word(network.address, 0, V4), span);
    }

    private static Node masked(Node number, long mask, long value, Span span) {
        IntKind kind = number.kind();
        boolean all = mask == kind.cut(-1);
        Node part =
                all ? number : Folding.binary(Operator.BIT_AND, number, new Node.Const(mask, kind, span), kind, span);
        return Folding.compare(Operator.EQ, part, new Node.Const(value, kind, span), span);
    }

    private static Network network(Text text, int bytes) throws WrongException {
        Matcher m = (bytes == V4 ? V4_FORM : V6_FORM).matcher(text.value());
        if (!m.matches()) {
            throw wrong(text, bytes);
        }
        byte[] address;
        try {
            address = InetAddress.ofLiteral(m.group("a")).getAddress();
        } catch (IllegalArgumentException e) {
            throw wrong(text, bytes);
        }
        if (address.length != bytes) {
            throw wrong(text, bytes);
        }
        int bits = m.group("bits") == null ? bytes * 8 : Integer.parseInt(m.group("bits"));
        if (bits > bytes * 8) {
            throw wrong(text, bytes);
        }
        if (bits == 0) {
            throw new WrongException(text.span(), "every address is in this network");
        }
        byte[] mask = new byte[bytes];
        for (int i = 0; i < bits; i++) {
            mask[i / 8] |= (byte) (0x80 >> i % 8);
        }
        for (int i = 0; i < bytes; i++) {
            if ((address[i] & ~mask[i]) != 0) {
                throw new WrongException(
                        text.span(), "the address has bits beyond the " + bits + " that count; write them as zeros");
            }
        }
        return new Network(ByteBuffer.wrap(address), ByteBuffer.wrap(mask));
    }

    private static WrongException wrong(Text text, int bytes) {
        return new WrongException(
                text.span(),
                bytes == V4
                        ? "this is compared with an IPv4 address, which is written \"192.0.2.1\" or \"192.0.2.0/24\""
                        : "this is compared with an IPv6 address, which is written \"fe80::1\" or \"fe80::/10\"");
    }
}
