package org.killswitch.lab;

/**
 * Whether a guest's kernel has found fault with anything: also what does not get to the console, because a script has
 * turned that down, and leaks, which are looked for only on request.
 */
public final class KernelHealth {

    /** A kernel that was built to look for leaks reports memory that nothing points to once it is 5 seconds old. */
    private static final String SCRIPT = """
            tainted=$(cat /proc/sys/kernel/tainted)
            # bad page (KASAN, too), died, warned, lockup: Documentation/admin-guide/tainted-kernels
            [ $((tainted & (1 << 5 | 1 << 7 | 1 << 9 | 1 << 14))) = 0 ] || echo "it is tainted: $tainted"
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
        String found = guest.run(SCRIPT).output();
        if (!found.isBlank()) {
            throw guest.failure(found.strip());
        }
    }
}
