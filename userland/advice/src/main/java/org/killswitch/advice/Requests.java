// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.killswitch.host.text.Functions;
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
            "struct fs_context *",
            "struct usb_interface *");

    private static final String PACKET = "struct sk_buff *";

    private static final int WAYS_LOOKED = 400;

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

    /** Those of a module that can refuse, the ones through which most of the module is reached first. */
    static List<Integer> of(Kernel kernel, String module) throws IOException {
        List<Integer> found = new ArrayList<>();
        Map<Integer, Integer> sizes = new HashMap<>();
        Functions functions = kernel.functions();
        int looked = 0;
        for (int f = 0; f < functions.count(); f++) {
            Symbol symbol = functions.symbol(f);
            if (!symbol.module().equals(module) || !functions.isLasting(f) || !Ways.isPointedTo(kernel, f)) {
                continue;
            }
            if (looked++ > WAYS_LOOKED) {
                break;
            }
            boolean request = kernel.signature(symbol)
                    .filter(s -> s.isSignedNumber() && isRequest(s))
                    .isPresent();
            if (request
                    && !Contract.isRelease(symbol.name())
                    && OwnErrors.of(kernel, f).returnsErrors()) {
                found.add(f);
                sizes.put(f, Ways.closedBy(kernel, f).size());
            }
        }
        found.sort(Comparator.comparingInt((Integer f) -> -sizes.getOrDefault(f, 0)));
        return found;
    }
}
