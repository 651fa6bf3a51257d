// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.killswitch.host.text.Symbol;

/** Parts of the kernel that everything else stands on. */
final class Context {

    private static final Finding.Id ID = Finding.Id.CONTEXT;

    /**
     * A section that the linker sets symbols around.
     *
     * @param what is in it, for people
     */
    private record Section(String start, String end, String what) {}

    private static final List<Section> SECTIONS = List.of(
            new Section("__sched_text_start", "__sched_text_end", "the scheduler"),
            new Section("__lock_text_start", "__lock_text_end", "locking"),
            new Section("__kprobes_text_start", "__kprobes_text_end", "code that probes must not interrupt"),
            new Section("__noinstr_text_start", "__noinstr_text_end", "code that must not be traced"),
            new Section("__entry_text_start", "__entry_text_end", "the entry from user space and interrupts"),
            new Section("__irqentry_text_start", "__irqentry_text_end", "the entry of interrupts"),
            new Section("__softirqentry_text_start", "__softirqentry_text_end", "the entry of softirqs"),
            new Section("__cpuidle_text_start", "__cpuidle_text_end", "the idle loop"));

    /** @param names of functions of it */
    private record Part(Pattern names, Level level, String what) {}

    private static Part part(Level level, String what, String names) {
        return new Part(Pattern.compile(names), level, what);
    }

    private static final List<Part> PARTS = List.of(
            part(
                    Level.NEVER,
                    "RCU",
                    "(__)?(rcu|srcu)_.*|.*call_rcu.*|synchronize_(s?rcu.*|net|sched)|tasks_rcu.*|kfree_rcu.*"),
            part(
                    Level.NEVER,
                    "the scheduler",
                    "_*schedule(_.*)?|try_to_wake_up|wake_up_.*|__wake_up.*|(en|de)queue_task.*|pick_next_task.*|"
                            + "(set|update)_(next|curr)_?.*|ttwu_.*|sched_.*tick.*|context_switch|finish_task_switch|"
                            + "load_balance|.*_task_fair|resched_.*|do_wait_.*|prepare_to_wait.*|autoremove_wake.*"),
            part(
                    Level.NEVER,
                    "locking",
                    "_*(raw_)?(spin|read|write)_(un|try)?lock.*|.*mutex_(un|try)?lock.*|(down|up)_(read|write).*"
                            + "|queued_.*_slowpath|rwsem_.*|rt_mutex_.*|percpu_(down|up)_.*|lock_sock.*|release_sock"),
            part(
                    Level.NEVER,
                    "memory management",
                    "_*alloc_pages.*|get_page_from_freelist|_*free_pages?(_.*)?|_*kmem_cache_(alloc|free).*|_*kmalloc.*|_*kfree|"
                            + "_*slab_.*|_*vmalloc.*|vfree|handle_mm_fault|.*do_(user_addr_|page_)fault|shrink_.*|"
                            + "try_to_free_.*|_*do_fault|filemap_fault|do_anonymous_page|lru_.*|page_.*|folio_.*|"
                            + "___slab_alloc|new_slab|allocate_slab|.*_vma|.*mmap_lock.*|tlb_.*|flush_tlb.*|mem_cgroup_.*"),
            part(
                    Level.NEVER,
                    "timers",
                    "_*(hr)?timer_.*|(add|del|mod)_timer.*|tick_.*|update_process_times|run_timer_.*|_*run_timers|"
                            + "clockevents_.*|ktime_get.*|timekeeping_.*|hrtimers?_.*"),
            part(
                    Level.NEVER,
                    "interrupts",
                    "_*do_(IRQ|softirq)|handle_softirqs|irq_.*|handle_irq.*|generic_handle_.*|raise_softirq.*|"
                            + "tasklet_.*|net_[rt]x_action|.*_softirq|sysvec_.*|asm_.*|exc_.*|common_interrupt|el[01]_.*|.*_ipi(_.*)?|smp_call_function.*|"
                            + "flush_smp_call.*|nmi_.*"),
            part(Level.NEVER, "work queues", "_*queue_(delayed_)?work.*|process_one_work|worker_.*|wq_.*"),
            part(
                    Level.NEVER,
                    "printk and the console",
                    "_*v?printk.*|console_.*|vprintk.*|prb_.*|vsnprintf|_*(un)?register_console"),
            part(
                    Level.NEVER,
                    "what killswitch itself stands on",
                    "ftrace_.*|.*register_ftrace.*|.*kprobe.*|text_poke.*|kallsyms_.*|module_kallsyms_.*|.*notifier.*|"
                            + "securityfs_.*|stop_machine.*|static_call_.*|jump_label_.*|arch_ftrace.*|aarch64_insn_.*"));

    private Context() {}

    /** The symbols that it asks for. */
    static List<String> bounds() {
        return SECTIONS.stream().flatMap(s -> Stream.of(s.start, s.end)).toList();
    }

    /** A function that is called for each packet: often, where nothing may sleep, and it may have to free the packet. */
    static Optional<Finding> ofPackets(Subject subject) {
        return subject.signature().filter(Requests::takesPacket).isPresent()
                        && Callers.sites(subject).isEmpty()
                ? Optional.of(Finding.of(
                        ID,
                        Level.WARNING,
                        "it takes a packet through a pointer: it may be called for each one, and nothing shows whether"
                                + " it or its caller frees it"))
                : Optional.empty();
    }

    static Optional<Finding> of(Subject subject) {
        for (Section section : SECTIONS) {
            Optional<Symbol> start = subject.kernel().linker(section.start);
            Optional<Symbol> end = subject.kernel().linker(section.end);
            long at = subject.symbol().address();
            if (start.isPresent()
                    && end.isPresent()
                    && at >= start.get().address()
                    && at < end.get().address()) {
                return Optional.of(Finding.of(
                        ID,
                        Level.NEVER,
                        "it is part of " + section.what,
                        "0x" + Long.toHexString(at) + " is after " + section.start));
            }
        }
        String name = subject.plainName();
        for (Part part : PARTS) {
            if (subject.symbol().module().isEmpty() && part.names.matcher(name).matches()) {
                return Optional.of(Finding.of(ID, part.level, "by its name it is part of " + part.what));
            }
        }
        return Optional.empty();
    }
}
