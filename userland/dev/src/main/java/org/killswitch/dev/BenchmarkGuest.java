// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.dev;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.killswitch.lab.Guest;
import org.killswitch.lab.GuestSpec;
import org.killswitch.lab.Kernel;
import org.killswitch.lab.KernelHealth;
import org.killswitch.lab.Lab;
import org.killswitch.lab.LabException;
import org.killswitch.lab.Output;
import org.killswitch.lab.SourceTree;

/**
 * A guest that counts instructions, with what {@link Benchmark} measures in it. Any amount of its time may pass between
 * two scripts, as it skips what time it has nothing to do in.
 */
final class BenchmarkGuest implements AutoCloseable {
    static final String ROOT = "/sys/kernel/security/killswitch";
    private static final String CALLS = "/sys/kernel/debug/ks_bench/";
    private static final Pattern MEASURED = Pattern.compile("(\\d+) (\\d+) (-?\\d+)");
    private static final Pattern SPENT = Pattern.compile("(\\d+) (\\d+)");
    private static final Pattern MEMORY =
            Pattern.compile("^(?:Slab|Percpu|VmallocUsed|PageTables):\\s*(\\d+) kB$", Pattern.MULTILINE);

    private static final String FIRST_FAILURE_ENDS = "set -e\n";

    private final Guest guest;

    private BenchmarkGuest(Guest guest) {
        this.guest = guest;
    }

    /** Calls, the time they took, and what the last of them returned. */
    record Calls(long nanoseconds, long calls, int value) {
        static Calls parse(String text) {
            Matcher m = MEASURED.matcher(text.strip());
            if (!m.matches() || m.group(2).equals("0")) {
                throw new LabException("no measurement: " + text.strip());
            }
            return new Calls(Long.parseLong(m.group(1)), Long.parseLong(m.group(2)), Integer.parseInt(m.group(3)));
        }

        double instructions() {
            return (double) nanoseconds / calls;
        }
    }

    /** What commands took: time, and instructions of the task that wrote them. */
    record Spent(long nanoseconds, long instructions) {
        static Spent parse(String text) {
            Matcher m = SPENT.matcher(text.strip());
            if (!m.matches()) {
                throw new LabException("no measurement: " + text.strip());
            }
            return new Spent(Long.parseLong(m.group(1)), Long.parseLong(m.group(2)));
        }

        /** As people read it. */
        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%.1f ms, %d instructions", nanoseconds / 1e6, instructions);
        }
    }

    static BenchmarkGuest boot(Lab lab, Kernel kernel, SourceTree sources, int cpus) {
        Path bench = sources.bench();
        GuestSpec spec = GuestSpec.standard()
                .withMachine(cpus, 1024)
                .withInstructionCount()
                .withTimeout(Duration.ofMinutes(30))
                .withFile("/modules", lab.buildModules(kernel, sources.module()))
                .withFile("/bench", lab.buildModules(kernel, bench))
                .withFile("/bin/bench_bpf", bench.resolve("bench_bpf"))
                .withFile("/bin/bench_control", bench.resolve("bench_control"));
        BenchmarkGuest guest = new BenchmarkGuest(lab.boot(kernel, spec));
        // or the log would go through the serial line
        guest.sh("dmesg -n 1; insmod /bench/ks_bench.ko");
        return guest;
    }

    /** Runs a script that has to succeed; what it printed. */
    String sh(String script) {
        return guest.require(FIRST_FAILURE_ENDS + script);
    }

    /** Runs a script; fails at its first command that does. */
    Output tryRun(String script) {
        return guest.run(FIRST_FAILURE_ENDS + script);
    }

    /** The calls that a script measures, which have to return that value. */
    Calls calls(String script, int value) {
        Calls calls = Calls.parse(sh(script));
        if (calls.value() != value) {
            throw new LabException("a call returned " + calls.value() + " instead of " + value + ": " + script);
        }
        return calls;
    }

    /** What a script prints in the end that measures calls by one CPU, after another one. */
    static String call(String before) {
        return before + "\ncat " + CALLS + "call";
    }

    static String callAll(String before) {
        return before + "\ncat " + CALLS + "call_all";
    }

    static String kprobe(boolean armed) {
        return "echo " + (armed ? 1 : 0) + " > " + CALLS + "kprobe";
    }

    static String control(String command) {
        return "echo '" + command + "' > " + ROOT + "/control";
    }

    /** A script that fails unless the function is overridden in that way. */
    static String backend(String backend) {
        return "is=$(cat " + ROOT + "/fn/" + Benchmark.FUNCTION + "/backend)\n[ $is = " + backend + " ] || "
                + "{ echo \"the backend is $is, not " + backend + "\"; exit 1; }";
    }

    /** Kilobytes of memory that the kernel has in use for its own. */
    long memory() {
        return memory(sh("echo 3 > /proc/sys/vm/drop_caches; cat /proc/meminfo"));
    }

    static long memory(String meminfo) {
        long sum = MEMORY.matcher(meminfo)
                .results()
                .mapToLong(m -> Long.parseLong(m.group(1)))
                .sum();
        if (sum == 0) {
            throw new LabException("no measurement: " + meminfo.strip());
        }
        return sum;
    }

    /** Powers it off, if its kernel has nothing to complain of. */
    @Override
    public void close() {
        try (guest) {
            KernelHealth.require(guest);
        }
    }
}
