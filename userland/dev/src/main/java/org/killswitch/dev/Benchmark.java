// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.dev;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.killswitch.dev.BenchmarkResult.Bulk;
import org.killswitch.dev.BenchmarkResult.Cpus;
import org.killswitch.dev.BenchmarkResult.Memory;
import org.killswitch.dev.BenchmarkResult.Row;
import org.killswitch.dev.BenchmarkResult.Scale;
import org.killswitch.lab.Commands;
import org.killswitch.lab.GuestFailure;
import org.killswitch.lab.Kernel;
import org.killswitch.lab.KernelRelease;
import org.killswitch.lab.Lab;
import org.killswitch.lab.LabException;
import org.killswitch.lab.Output;
import org.killswitch.lab.SourceTree;
import org.killswitch.posix.Architecture;

/**
 * What killswitch costs, in instructions that guests count, beside what other means of the kernel cost. What is measured
 * is the function ks_bench_0000 of bench/ks_bench.c; each measurement fails unless the calls returned what they had to.
 */
public final class Benchmark {
    /** The kernel for what no stock kernel has. */
    public static final String INJECTION_KERNEL = "6.12-errinj";

    static final String FUNCTION = "ks_bench_0000";

    /** What the function returns by itself, -EBADMSG; and when it is overridden, by whatever means, -EACCES. */
    private static final int PLAIN = -74;

    private static final int OVERRIDDEN = -13;

    private static final int MANY = 1000;
    private static final List<Integer> FEW = List.of(100, 10, 1);
    /** How many functions are engaged; most first, since the kernel keeps some of the memory that it has had in use. */
    private static final List<Integer> COUNTS = List.of(MANY, 100, 10, 1);

    /** Engaging comes first. */
    private static final Comparator<String> ACTIONS =
            Comparator.comparing((String action) -> !action.equals("engage")).thenComparing(Comparator.naturalOrder());

    private static final String ENGAGE = BenchmarkGuest.control("engage " + FUNCTION + " " + OVERRIDDEN);
    private static final String OBSERVE = BenchmarkGuest.control("observe " + FUNCTION);
    private static final String DISENGAGE = BenchmarkGuest.control("disengage " + FUNCTION);
    private static final String LIVEPATCH = "/sys/kernel/livepatch/ks_bench_livepatch";

    private final Lab lab;
    private final SourceTree sources;
    private final Consumer<String> notes;

    private final List<Row> rows = new ArrayList<>();
    private final List<Scale> scale = new ArrayList<>();
    private final List<Bulk> bulk = new ArrayList<>();
    private final List<Memory> memory = new ArrayList<>();
    private final List<Cpus> cpus = new ArrayList<>();

    private Benchmark(Lab lab, SourceTree sources, Consumer<String> notes) {
        this.lab = lab;
        this.sources = sources;
        this.notes = notes;
    }

    /**
     * Measures all there is.
     *
     * @param sources where the module and the programs are
     * @param release a stock kernel of x86_64
     * @param injection whether also what takes the kernel with error injection
     * @param notes told of what has been measured
     * @throws LabException if calls did not return what they had to
     * @throws GuestFailure if a guest's kernel got into trouble, or found fault with anything
     */
    public static BenchmarkResult run(
            Lab lab, SourceTree sources, KernelRelease release, boolean injection, Consumer<String> notes) {
        if (release.architecture() != Architecture.X86_64 || !release.isStock()) {
            throw new LabException("no benchmark of " + release.name() + ": it is for Debian's kernels on x86_64");
        }
        Commands.require("building what runs in the guests", sources.bench(), "make", "--silent", "all");
        Kernel kernel = lab.kernel(release);
        Benchmark benchmark = new Benchmark(lab, sources, notes);
        benchmark.direct(kernel);
        benchmark.ftrace(kernel);
        benchmark.kprobe(kernel);
        benchmark.others(kernel);
        for (int n : List.of(1, 2, 4)) {
            benchmark.allCpus(kernel, n);
        }
        benchmark.injection(injection);
        return new BenchmarkResult(
                kernel.version(),
                benchmark.rows,
                benchmark.scale.stream()
                        .sorted(Comparator.comparing(Scale::backend).thenComparingInt(Scale::engaged))
                        .toList(),
                benchmark.bulk.stream()
                        .sorted(Comparator.comparing(Bulk::action, ACTIONS).thenComparingInt(Bulk::functions))
                        .toList(),
                benchmark.memory,
                benchmark.cpus);
    }

    /** Nothing engaged, and the direct backend. */
    private void direct(Kernel kernel) {
        try (BenchmarkGuest guest = boot(kernel, 1)) {
            row(guest, kernel, "plain call, killswitch not loaded", BenchmarkGuest.call(""), PLAIN);
            guest.sh("insmod /modules/killswitch.ko");
            row(guest, kernel, "plain call, killswitch loaded, nothing engaged", BenchmarkGuest.call(""), PLAIN);
            long before = guest.memory();
            spend(guest, "engage", "bench_control engage 1 " + MANY, MANY);
            memory("direct", guest, before);
            row(guest, kernel, "plain call, 1000 other functions engaged", BenchmarkGuest.call(""), PLAIN);
            spend(guest, "disengage_all", "bench_control disengage_all", MANY);
            row(guest, kernel, "engaged, direct", engaged("direct", ENGAGE), OVERRIDDEN);
            guest.sh(DISENGAGE);
            row(guest, kernel, "probing, direct", engaged("direct", probe()), PLAIN);
            guest.sh(DISENGAGE);
            row(guest, kernel, "observed, direct", engaged("direct", OBSERVE), PLAIN);
            guest.sh(DISENGAGE);
            guarded(guest, kernel, "direct");
            for (int count : FEW) {
                spend(guest, "engage", engageMany(count), count);
                spend(guest, "disengage_all", "bench_control disengage_all", count);
            }
            for (int count : COUNTS) {
                guest.sh(engageMany(count));
                scale(guest, "direct", count);
                spend(guest, "disengage", "bench_control disengage 0 " + count, count);
            }
        }
    }

    private void ftrace(Kernel kernel) {
        try (BenchmarkGuest guest = boot(kernel, 1)) {
            guest.sh("insmod /modules/killswitch.ko backend=ftrace");
            row(guest, kernel, "engaged, ftrace", engaged("ftrace", ENGAGE), OVERRIDDEN);
            guest.sh(DISENGAGE);
            row(guest, kernel, "probing, ftrace", engaged("ftrace", probe()), PLAIN);
            guest.sh(DISENGAGE);
            row(guest, kernel, "observed, ftrace", engaged("ftrace", OBSERVE), PLAIN);
            guest.sh(DISENGAGE);
            guarded(guest, kernel, "ftrace");
            for (int count : COUNTS) {
                long before = guest.memory();
                guest.sh(engageMany(count));
                if (count == MANY) {
                    memory("ftrace", guest, before);
                }
                scale(guest, "ftrace", count);
                guest.sh("bench_control disengage_all");
            }
        }
    }

    /** A guard of one comparison, with a call that it claims and with one that it lets through. */
    private void guarded(BenchmarkGuest guest, Kernel kernel, String backend) {
        for (boolean claims : List.of(true, false)) {
            String pin = "/sys/fs/bpf/guard-" + claims;
            String script = "bench_bpf guard " + pin + (claims ? "" : " 1") + "\n"
                    + BenchmarkGuest.control("engageif " + FUNCTION + " " + OVERRIDDEN + " " + pin);
            String name = (claims ? "engaged with a guard, " : "let through by a guard, ") + backend;
            row(guest, kernel, name, engaged(backend, script), claims ? OVERRIDDEN : PLAIN);
            guest.sh(DISENGAGE);
        }
    }

    /** On a function that ftrace reaches this backend is only ever used in tests. */
    private void kprobe(Kernel kernel) {
        String name = "engaged, kprobe";
        try (BenchmarkGuest guest = boot(kernel, 1)) {
            guest.sh("insmod /modules/killswitch.ko backend=kprobe");
            Output output = guest.tryRun(ENGAGE);
            if (output.status() == 0) {
                row(guest, kernel, name, engaged("kprobe", ""), OVERRIDDEN);
            } else {
                missing(kernel, name, output.output() + guest.sh("dmesg | grep killswitch: | tail -n 1"));
            }
        }
    }

    /** What else makes a stock kernel's function return a constant. */
    private void others(Kernel kernel) {
        try (BenchmarkGuest guest = boot(kernel, 1)) {
            String armed = BenchmarkGuest.call(BenchmarkGuest.kprobe(true));
            row(guest, kernel, "a module's own kprobe that overrides", armed, OVERRIDDEN);
            guest.sh(BenchmarkGuest.kprobe(false));
            String patched = "insmod /bench/ks_bench_livepatch.ko\n" + "until [ \"$(cat " + LIVEPATCH
                    + "/transition)\" = 0 ]; do sleep 0.1; done";
            row(guest, kernel, "a livepatch that returns a constant", BenchmarkGuest.call(patched), OVERRIDDEN);
        }
    }

    private void allCpus(Kernel kernel, int count) {
        try (BenchmarkGuest guest = boot(kernel, count)) {
            guest.sh("insmod /modules/killswitch.ko");
            String script = BenchmarkGuest.callAll(ENGAGE + "\n" + BenchmarkGuest.backend("direct"));
            BenchmarkGuest.Calls calls = guest.calls(script, OVERRIDDEN);
            long hits = Long.parseLong(guest.sh("cat " + BenchmarkGuest.ROOT + "/fn/" + FUNCTION + "/hits")
                    .strip());
            if (hits != calls.calls()) {
                throw new LabException(calls.calls() + " calls on " + count + " CPUs were counted as " + hits);
            }
            notes.accept(count + " CPUs: " + calls.instructions());
            cpus.add(new Cpus(count, calls.instructions(), calls.calls(), hits));
        }
    }

    /** What takes error injection; and killswitch beside it, since that kernel is built in another way than Debian's. */
    private void injection(boolean wanted) {
        List<String> names = List.of(
                "plain call",
                "engaged, direct",
                "BPF fmod_ret",
                "bpf_override_return() at a kprobe",
                "fail_function, always");
        if (!wanted) {
            missing(names, "not asked for");
            return;
        }
        Kernel kernel;
        try {
            kernel = lab.kernel(KernelRelease.named(INJECTION_KERNEL));
        } catch (LabException e) { // no reason to lose the rest, which took its time
            missing(names, e.getMessage());
            return;
        }
        try (BenchmarkGuest guest = boot(kernel, 1)) {
            row(guest, kernel, names.get(0), BenchmarkGuest.call(""), PLAIN);
            guest.sh("insmod /modules/killswitch.ko");
            row(guest, kernel, names.get(1), engaged("direct", ENGAGE), OVERRIDDEN);
            guest.sh("rmmod killswitch");
            bpf(guest, kernel, names.get(2), "fmod_ret");
            bpf(guest, kernel, names.get(3), "override");
            failFunction(guest, kernel, names.get(4));
        }
    }

    private void bpf(BenchmarkGuest guest, Kernel kernel, String name, String how) {
        Output attached = guest.tryRun("bench_bpf " + how + " " + FUNCTION + " > /tmp/said 2>&1 & echo $! > /tmp/pid\n"
                + "until [ -s /tmp/said ] || ! kill -0 $(cat /tmp/pid) 2>/dev/null; do sleep 0.1; done\n"
                + "grep -q attached /tmp/said || { cat /tmp/said; exit 1; }");
        if (attached.status() != 0) {
            missing(kernel, name, attached.output());
            return;
        }
        row(guest, kernel, name, BenchmarkGuest.call(""), OVERRIDDEN);
        guest.sh("kill $(cat /tmp/pid)\nwhile kill -0 $(cat /tmp/pid) 2>/dev/null; do sleep 0.1; done");
        await(guest, how);
    }

    /** What held the function is given up some time after its owner has ended. */
    private static void await(BenchmarkGuest guest, String what) {
        guest.sh("for i in $(seq 100); do " + BenchmarkGuest.call("") + " > /tmp/call; ! grep -q ' " + PLAIN
                + "$' /tmp/call || exit 0; sleep 1; done; echo " + what + " stays; exit 1");
    }

    private void failFunction(BenchmarkGuest guest, Kernel kernel, String name) {
        Output ready = guest.tryRun("cd /sys/kernel/debug/fail_function\necho " + FUNCTION + " > inject\n"
                + "printf '0x%x' " + OVERRIDDEN + " > " + FUNCTION + "/retval\n"
                + "echo 100 > probability\necho -1 > times\necho 0 > verbose");
        if (ready.status() != 0) {
            missing(kernel, name, ready.output());
            return;
        }
        row(guest, kernel, name, BenchmarkGuest.call(""), OVERRIDDEN);
        guest.sh("echo > /sys/kernel/debug/fail_function/inject");
        await(guest, "fail_function");
    }

    private static String engageMany(int count) {
        return "bench_control engage 0 " + count;
    }

    private void memory(String backend, BenchmarkGuest guest, long before) {
        memory.add(new Memory(backend, 1024 * (guest.memory() - before) / MANY));
    }

    private void scale(BenchmarkGuest guest, String backend, int count) {
        double instructions = guest.calls(engaged(backend, ""), OVERRIDDEN).instructions();
        notes.accept(count + " engaged, " + backend + ": " + perCall(instructions));
        scale.add(new Scale(backend, count, instructions));
    }

    private void spend(BenchmarkGuest guest, String action, String script, int count) {
        BenchmarkGuest.Spent spent = BenchmarkGuest.Spent.parse(guest.sh(script));
        notes.accept(action + ", " + count + ": " + spent);
        bulk.add(new Bulk(action, count, spent.nanoseconds() / 1e6, spent.instructions()));
    }

    private static String probe() {
        return BenchmarkGuest.control("tryengage " + FUNCTION + " " + OVERRIDDEN + " 600");
    }

    private static String engaged(String backend, String before) {
        return BenchmarkGuest.call(before + "\n" + BenchmarkGuest.backend(backend));
    }

    private BenchmarkGuest boot(Kernel kernel, int count) {
        return BenchmarkGuest.boot(lab, kernel, sources, count);
    }

    private void row(BenchmarkGuest guest, Kernel kernel, String name, String script, int value) {
        double instructions = guest.calls(script, value).instructions();
        notes.accept(name + ": " + perCall(instructions));
        rows.add(Row.measured(kernel.version(), name, instructions));
    }

    private static String perCall(double instructions) {
        return String.format(Locale.ROOT, "%.2f instructions a call", instructions);
    }

    private void missing(Kernel kernel, String name, String reason) {
        notes.accept(name + ": " + oneLine(reason));
        rows.add(Row.missing(kernel.version(), name, oneLine(reason)));
    }

    private void missing(List<String> names, String reason) {
        names.forEach(name -> rows.add(Row.missing(INJECTION_KERNEL, name, oneLine(reason))));
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s+", " ");
    }
}
