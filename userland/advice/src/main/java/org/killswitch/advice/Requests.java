// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.killswitch.host.text.CallGraph;
import org.killswitch.host.text.Symbol;

/**
 * The functions of a module that carry out what a user asks for: by netlink, a system call on a socket, an ioctl, a mount.
 * Where a flawed function itself cannot refuse, such as one that is called for each packet, a request that comes before it
 * can.
 */
final class Requests {

    /** Arguments that only come with a request. */
    private static final Set<String> OF_REQUESTS = Set.of(
            "struct netlink_ext_ack *",
            "struct nlattr **",
            "struct nlmsghdr *",
            "struct genl_info *",
            "struct nfnl_info *",
            "sockptr_t",
            "struct sockaddr *",
            "struct sockaddr_unsized *",
            "struct msghdr *",
            "struct fs_context *",
            "struct usb_interface *");

    /** Names of what removes or reads something: delrule, getname, dump. */
    private static final Pattern SETS_NOTHING_UP =
            Pattern.compile("(.*_)?(del(?!ay|eg|iv|ta(_|s|$))|get|dump|show|read|recv|dequeue|poll)[a-z0-9]*(_.*)?");

    private static final String PACKET = "struct sk_buff *";

    /** What is called from more places is a helper of all. */
    private static final int CALLS_MAX = 30;

    /** What is beyond these is no longer what the request is about. */
    private static final int REACHED_MAX = 200;

    private Requests() {}

    /** Whether a function takes what only comes with a request. */
    static boolean isRequest(Signature signature) {
        return signature.parameters().stream().anyMatch(p -> OF_REQUESTS.contains(p.type()));
    }

    /** Whether a function takes a packet that is no message of netlink. */
    static boolean takesPacket(Signature signature) {
        return !isRequest(signature)
                && signature.parameters().stream().anyMatch(p -> p.type().equals(PACKET) && !p.readOnly());
    }

    /**
     * What a function is about.
     *
     * @param objects the types of the objects that it and the functions that it reaches by direct calls take and return
     * @param functions how many functions it reaches so
     */
    record Reach(Set<String> objects, int functions) {

        static Reach of(Kernel kernel, int function) {
            Set<Integer> reached = reached(kernel, function);
            Set<String> objects = new TreeSet<>();
            reached.forEach(r -> objects.addAll(Requests.objects(kernel, r)));
            return new Reach(objects, reached.size());
        }
    }

    /** Those of a module; whether they can refuse is not looked at. */
    static List<Integer> of(Kernel kernel, String module) {
        return kernel.functionsOf(module).stream().filter(f -> is(kernel, f)).toList();
    }

    static boolean is(Kernel kernel, int function) {
        return isRequest(kernel, function) || isSetUp(kernel, function);
    }

    /** One that is registered by code which is gone after boot has no pointer to it. */
    private static boolean isRequest(Kernel kernel, int function) {
        return kernel.signature(kernel.functions().symbol(function))
                        .filter(Requests::isRequest)
                        .isPresent()
                && (Ways.isPointedTo(kernel, function)
                        || kernel.callers(function).isEmpty());
    }

    /** An operation of a table that sets up something by its name. */
    private static boolean isSetUp(Kernel kernel, int function) {
        Symbol symbol = kernel.functions().symbol(function);
        return !symbol.module().isEmpty()
                && Contract.isAcquisition(symbol.name())
                && !kernel.text().graph().pointersTo(function).isEmpty();
    }

    /** Whether a function returns errors, and does more than to read, or to give back what was set up before. */
    static boolean refuses(Kernel kernel, int function) throws IOException {
        Symbol symbol = kernel.functions().symbol(function);
        return kernel.signature(symbol).filter(Signature::isSignedNumber).isPresent()
                && !Contract.isRelease(symbol.name())
                && !SETS_NOTHING_UP.matcher(symbol.name()).matches()
                && OwnErrors.of(kernel, function).returnsErrors();
    }

    private static Set<Integer> reached(Kernel kernel, int function) {
        String module = kernel.functions().symbol(function).module();
        Set<Integer> seen = new LinkedHashSet<>(Set.of(function));
        Deque<Integer> open = new ArrayDeque<>(seen);
        while (!open.isEmpty()) {
            for (CallGraph.Callee callee : kernel.text().graph().from(open.remove())) {
                if (callee.kind() != CallGraph.Kind.ADDRESS
                        && seen.size() < REACHED_MAX
                        && kernel.text().graph().countTo(callee.function()) <= CALLS_MAX
                        && kernel.functions().symbol(callee.function()).module().equals(module)
                        && seen.add(callee.function())) {
                    open.add(callee.function());
                }
            }
        }
        return seen;
    }

    /** The types of the objects that a function takes and returns: pointers to structures. */
    static Set<String> objects(Kernel kernel, int function) {
        Set<String> types = new TreeSet<>();
        kernel.signature(kernel.functions().symbol(function)).ifPresent(s -> {
            types.add(s.type());
            s.parameters().forEach(p -> types.add(p.type()));
        });
        types.removeIf(t -> !t.startsWith("struct ") || !t.endsWith(" *") || t.equals(PACKET));
        return types;
    }
}
