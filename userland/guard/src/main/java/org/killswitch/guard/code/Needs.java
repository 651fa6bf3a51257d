// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard.code;

import java.util.IdentityHashMap;
import org.killswitch.guard.Node;
import org.killswitch.guard.TextMatch;

/** How many values have to be kept while others are computed. */
final class Needs {

    private final IdentityHashMap<Node, Integer> known = new IdentityHashMap<>();

    /** How many values have to be kept to compute one: the operand that needs more goes first. */
    int of(Node node) {
        Integer before = known.get(node);
        if (before != null) {
            return before;
        }
        int need = switch (node) {
            case Node.Load l -> of(l.from().address());
            case Node.Bits b -> of(b.from().address());
            case Node.TextIs t -> Math.max(t.match() == TextMatch.END ? 1 : 0, of(t.at().address()));
            case Node.Narrow n -> of(n.operand());
            case Node.Swap s -> of(s.operand());
            case Node.Convert c -> of(c.operand());
            case Node.Negate n -> of(n.operand());
            case Node.Complement c -> of(c.operand());
            case Node.Not n -> of(n.operand());
            case Node.Logic l -> Math.max(of(l.left()), of(l.right()));
            case Node.Binary b -> of(b.left(), b.right());
            case Node.Compare c -> of(c.left(), c.right());
            case Node.Const c -> 0;
            case Node.Argument a -> 0;
            case Node.HelperCall a -> 0;
            case Node.CommIs c -> 0;
        };
        known.put(node, need);
        return need;
    }

    private int of(Node left, Node right) {
        int a = of(left);
        int b = of(right);
        return right instanceof Node.Const ? a : a == b ? a + 1 : Math.max(a, b);
    }
}
