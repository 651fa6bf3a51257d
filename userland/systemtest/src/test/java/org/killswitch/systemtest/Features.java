// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import org.killswitch.lab.Kernel;
import org.killswitch.posix.Architecture;

/**
 * What not every stock kernel has, where it changes what users get to see.
 *
 * @param kprobeOverride whether a function that ftrace does not reach is overridden by a kprobe; else it is refused
 * @param livepatch whether the kernel takes livepatches
 * @param variablesHaveSymbols whether /proc/kallsyms has more than functions
 * @param kprobeMulti whether BPF programs can be loaded for many functions at once
 * @param bpfTrampolines whether BPF programs can be attached to the entry and exit of a function
 * @param moduleTypes whether the kernel knows the types of its modules' functions (BTF)
 * @param errorInjection whether BPF programs may change what functions return
 * @param suspends whether the kernel can try how far down it gets
 * @param resumesDevices whether a guest of the lab comes back from suspend with its devices; on others it hangs, with
 *     killswitch and without
 * @param ownTrampolines whether a function with one ftrace callback calls that one, rather than ftrace's list of all
 * @param backend how an engagement without a guard is done, of a function that ftrace reaches
 */
record Features(
        boolean kprobeOverride,
        boolean livepatch,
        boolean variablesHaveSymbols,
        boolean kprobeMulti,
        boolean bpfTrampolines,
        boolean moduleTypes,
        boolean errorInjection,
        boolean suspends,
        boolean resumesDevices,
        boolean ownTrampolines,
        String backend) {

    static Features of(Kernel kernel) {
        boolean x86 = kernel.release().architecture() == Architecture.X86_64;
        return new Features(
                x86,
                isConfigured(kernel, "CONFIG_LIVEPATCH"),
                isConfigured(kernel, "CONFIG_KALLSYMS_ALL"),
                !kernel.version().startsWith("5."), // since 5.18
                isConfigured(kernel, "CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS"),
                isConfigured(kernel, "CONFIG_DEBUG_INFO_BTF_MODULES"), // since 5.11
                isConfigured(kernel, "CONFIG_BPF_KPROBE_OVERRIDE"),
                isConfigured(kernel, "CONFIG_PM_SLEEP_DEBUG"),
                x86 && (kernel.version().startsWith("6.1.") || kernel.version().startsWith("6.12.")),
                ownTrampolines(kernel),
                backend(kernel));
    }

    /** Whether a guard knows a control group by its path, so that it may be made again: the kernel keeps its ancestors. */
    boolean followsControlGroups() {
        return kprobeMulti; // since 6.1, and no stock kernel of ours lies between
    }

    /** Whether calls are overridden while the handler of somebody's kprobe runs on their CPU. */
    boolean overridesInsideKprobes() {
        return !backend.equals("kprobe");
    }

    /** The same while another tracer is on the function: then ftrace calls all of them. */
    String sharedBackend() {
        return backend.equals("direct") ? "ftrace" : backend;
    }

    /** The same of one with a guard: only the stubs of x86, which also has kprobe overrides, can ask it. */
    String guardedBackend() {
        return backend.equals("direct") && !kprobeOverride ? "ftrace" : backend;
    }

    private static boolean ownTrampolines(Kernel kernel) {
        return kernel.release().architecture() == Architecture.X86_64
                || isConfigured(kernel, "CONFIG_DYNAMIC_FTRACE_WITH_CALL_OPS");
    }

    private static String backend(Kernel kernel) {
        boolean direct = ownTrampolines(kernel) && isConfigured(kernel, "CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS");
        return Kernels.BACKEND.equals("direct") && !direct ? "ftrace" : Kernels.BACKEND;
    }

    private static boolean isConfigured(Kernel kernel, String option) {
        try {
            return Files.readAllLines(kernel.headers().resolve(".config")).contains(option + "=y");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
