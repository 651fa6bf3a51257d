// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice.flow;

import java.util.Set;

/** What is known of called functions by their names alone. */
public final class Callee {

    /** Functions that do not return. */
    private static final Set<String> ENDS = Set.of(
            "__stack_chk_fail",
            "panic",
            "do_exit",
            "do_group_exit",
            "make_task_dead",
            "__fortify_panic",
            "fortify_panic",
            "kthread_exit",
            "kthread_complete_and_exit",
            "__module_put_and_kthread_exit",
            "rewind_stack_and_make_dead",
            "usercopy_abort",
            "nmi_panic");

    /** A call through a pointer. */
    public static final String INDIRECT = "a pointer";

    private Callee() {}

    static boolean endsPath(String function) {
        return ENDS.contains(function);
    }
}
