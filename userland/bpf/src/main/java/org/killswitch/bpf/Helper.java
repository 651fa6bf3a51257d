// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.bpf;

import java.util.Arrays;
import java.util.Optional;

/** The functions of the kernel that guards and override programs call, by their number in {@code enum bpf_func_id}. */
public enum Helper {
    BPF_GET_CURRENT_PID_TGID(14),
    BPF_GET_CURRENT_UID_GID(15),
    BPF_GET_CURRENT_COMM(16),
    BPF_GET_CURRENT_TASK(35),
    BPF_OVERRIDE_RETURN(58),
    BPF_GET_CURRENT_CGROUP_ID(80),
    BPF_PROBE_READ_USER(112),
    BPF_PROBE_READ_KERNEL(113),
    BPF_PROBE_READ_USER_STR(114),
    BPF_PROBE_READ_KERNEL_STR(115);

    private final int number;

    Helper(int number) {
        this.number = number;
    }

    public static Optional<Helper> numbered(int number) {
        return Arrays.stream(values()).filter(h -> h.number == number).findFirst();
    }

    public int number() {
        return number;
    }
}
