// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab;

/**
 * Whether a guest's kernel has found fault with anything: also what does not get to the console, because a script has
 * turned that down, and leaks, which are looked for only on request.
 */
public final class KernelHealth {

    /** Bad page (KASAN, too), died, lockup: Documentation/admin-guide/tainted-kernels. */
    private static final int TROUBLE = (1 << 5) | (1 << 7) | (1 << 14);

    private static final int WARNED = 1 << 9;

    /** A kernel that was built to look for leaks reports memory that nothing points to once it is 5 seconds old. */
    private static final String SCRIPT = """
            tainted=$(cat /proc/sys/kernel/tainted)
            report='WARNING: \\|BUG: \\|Oops: '
            if [ $((tainted & taints)) != 0 ]; then
                # what a script has kept from the console; the first line is what a summary of tests shows
                echo "it is tainted: $tainted: $(dmesg | grep -m 1 "$report")"
                dmesg | sed -n "/$report/,/end trace/p" | head -n 150
            fi
            if grep -q 'debug_locks: *0' /proc/lockdep_stats 2>/dev/null; then echo 'lockdep has given up'; fi
            leaks=/sys/kernel/debug/kmemleak
            # a kernel that is locked down does not tell
            if [ -e $leaks ] && (: < $leaks) 2>/dev/null; then
                echo scan > $leaks; sleep 6; echo scan > $leaks
                cat $leaks
            fi
            """;

    private KernelHealth() {}

    /**
     * Fails if a guest's kernel has found fault with something.
     *
     * @throws GuestFailure with what it has found
     */
    public static void require(Guest guest) {
        require(guest, TROUBLE | WARNED);
    }

    /**
     * The same where somebody else has looked at what the kernel has warned of.
     *
     * @throws GuestFailure with what it has found
     */
    public static void requireButWarnings(Guest guest) {
        require(guest, TROUBLE);
    }

    private static void require(Guest guest, int taints) {
        String found = guest.run("taints=" + taints + "\n" + SCRIPT).output();
        if (!found.isBlank()) {
            throw guest.failure(found.strip());
        }
    }
}
