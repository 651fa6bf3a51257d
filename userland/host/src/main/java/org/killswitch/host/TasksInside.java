// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.killswitch.host.SystemFiles.Content;

/**
 * The tasks that are inside a function, by their kernel stacks in /proc, which only root may read. A call that began
 * before the function was engaged is not overridden. The stack of a task that runs on a CPU right now is not known.
 */
public final class TasksInside {

    /** A line of a stack: an address, which is hidden, the function with offset and size, and its module. */
    private static final Pattern FRAME =
            Pattern.compile("\\[<[^>]*>\\] (?<function>[^+\\s]+)\\+0x\\S+(?: \\[(?<module>[^\\]\\s]+)\\])?");

    private static final Pattern NUMBER = Pattern.compile("\\d{1,10}");

    /** What the kernel itself is called in front of a function's name. */
    private static final String KERNEL = "vmlinux";

    private final Map<Task, String> stacks;

    private TasksInside(Map<Task, String> stacks) {
        this.stacks = stacks;
    }

    /**
     * A task.
     *
     * @param pid the process
     * @param tid the thread; the same number for the first one
     * @param comm the thread's name, which is for its owner to choose
     */
    public record Task(long pid, long tid, String comm) {}

    /** Reads the stacks of all tasks; empty where they cannot be read. */
    public static Optional<TasksInside> read(SystemFiles files) {
        if (!(files.read("/proc/self/stack") instanceof Content.Text)) {
            return Optional.empty();
        }
        Map<Task, String> stacks = new LinkedHashMap<>();
        for (long pid : numbers(files, "/proc")) {
            for (long tid : numbers(files, "/proc/" + pid + "/task")) {
                String task = "/proc/" + pid + "/task/" + tid;
                // It may have ended meanwhile.
                String stack = files.text(task + "/stack").orElse("");
                if (!stack.isEmpty()) {
                    stacks.put(new Task(pid, tid, files.text(task + "/comm").orElse("")), stack);
                }
            }
        }
        return Optional.of(new TasksInside(stacks));
    }

    /**
     * Those inside a function, by process and thread.
     *
     * @param function as /proc/kallsyms has it; the parts that the compiler split off (f.cold, f.part.0) are inside, too
     * @param module its module, where that is said
     */
    public List<Task> inside(String function, Optional<String> module) {
        List<Task> inside = new ArrayList<>();
        stacks.forEach((task, stack) -> {
            if (stack.lines().anyMatch(line -> isIn(line, function, module))) {
                inside.add(task);
            }
        });
        return List.copyOf(inside);
    }

    private static long[] numbers(SystemFiles files, String folder) {
        return files.list(folder).stream()
                .filter(name -> NUMBER.matcher(name).matches())
                .mapToLong(Long::parseLong)
                .sorted()
                .toArray();
    }

    private static boolean isIn(String line, String function, Optional<String> module) {
        Matcher m = FRAME.matcher(line);
        if (!m.find()) {
            return false;
        }
        String name = m.group("function");
        String home = Optional.ofNullable(m.group("module")).orElse(KERNEL);
        return (name.equals(function) || name.startsWith(function + "."))
                && module.map(wanted -> ModuleName.canonical(wanted).equals(home))
                        .orElse(true);
    }
}
