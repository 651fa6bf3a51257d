// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice.flow;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a function does to a lock, a reference or memory, by its name: the kernel's words for it are few and kept to.
 *
 * @param family what takes and what gives back have this in common
 */
public record Effect(boolean takes, Family family) {

    /** What is taken and given back. */
    public enum Family {
        LOCK("a lock"),
        REFERENCE("a reference"),
        MEMORY("memory"),
        SECTION("a section that was begun");

        private final String words;

        Family(String words) {
            this.words = words;
        }

        public String words() {
            return words;
        }
    }

    private static final Effect LOCKS = new Effect(true, Family.LOCK);
    private static final Effect UNLOCKS = new Effect(false, Family.LOCK);
    private static final Effect GETS = new Effect(true, Family.REFERENCE);
    private static final Effect PUTS = new Effect(false, Family.REFERENCE);
    private static final Effect ALLOCATES = new Effect(true, Family.MEMORY);
    private static final Effect FREES = new Effect(false, Family.MEMORY);
    private static final Effect BEGINS = new Effect(true, Family.SECTION);
    private static final Effect ENDS = new Effect(false, Family.SECTION);

    /** Functions whose names do not follow the rule below. */
    private static final Map<String, Effect> NAMES = Map.ofEntries(
            Map.entry("down_read", LOCKS),
            Map.entry("down_write", LOCKS),
            Map.entry("down_write_nested", LOCKS),
            Map.entry("down_read_nested", LOCKS),
            Map.entry("down_read_killable", LOCKS),
            Map.entry("down_write_killable", LOCKS),
            Map.entry("down_read_interruptible", LOCKS),
            Map.entry("down_read_trylock", LOCKS),
            Map.entry("down_write_trylock", LOCKS),
            Map.entry("down", LOCKS),
            Map.entry("down_interruptible", LOCKS),
            Map.entry("down_trylock", LOCKS),
            Map.entry("up_read", UNLOCKS),
            Map.entry("up_write", UNLOCKS),
            Map.entry("up", UNLOCKS),
            Map.entry("lock_sock_nested", LOCKS),
            Map.entry("__lock_sock_fast", LOCKS),
            Map.entry("release_sock", UNLOCKS),
            Map.entry("dget", GETS),
            Map.entry("fget", GETS),
            Map.entry("ihold", GETS),
            Map.entry("igrab", GETS),
            Map.entry("dput", PUTS),
            Map.entry("fput", PUTS),
            Map.entry("iput", PUTS),
            Map.entry("mntput", PUTS),
            Map.entry("mntget", GETS),
            Map.entry("__fput_sync", PUTS),
            Map.entry("get_free_pages_noprof", ALLOCATES),
            Map.entry("__get_free_pages", ALLOCATES),
            Map.entry("get_zeroed_page_noprof", ALLOCATES),
            Map.entry("get_zeroed_page", ALLOCATES),
            Map.entry("kfree", FREES),
            Map.entry("kvfree", FREES),
            Map.entry("vfree", FREES),
            Map.entry("kmemdup", ALLOCATES),
            Map.entry("kmemdup_noprof", ALLOCATES),
            Map.entry("kstrdup", ALLOCATES),
            Map.entry("kstrdup_noprof", ALLOCATES),
            Map.entry("memdup_user", ALLOCATES),
            Map.entry("strndup_user", ALLOCATES),
            Map.entry("skb_clone", ALLOCATES),
            Map.entry("skb_copy", ALLOCATES),
            Map.entry("skb_share_check", ALLOCATES),
            Map.entry("consume_skb", FREES),
            Map.entry("__kfree_skb", FREES),
            Map.entry("kfree_skb_list_reason", FREES),
            Map.entry("sk_skb_reason_drop", FREES));

    /** Words that decide, the last one of a name that is here. */
    private static final Map<String, Effect> WORDS = Map.ofEntries(
            Map.entry("lock", LOCKS),
            Map.entry("trylock", LOCKS),
            Map.entry("unlock", UNLOCKS),
            Map.entry("get", GETS),
            Map.entry("hold", GETS),
            Map.entry("grab", GETS),
            Map.entry("put", PUTS),
            Map.entry("unref", PUTS),
            Map.entry("drop", PUTS),
            Map.entry("release", PUTS),
            Map.entry("want", GETS),
            Map.entry("alloc", ALLOCATES),
            Map.entry("kmalloc", ALLOCATES),
            Map.entry("kzalloc", ALLOCATES),
            Map.entry("kvmalloc", ALLOCATES),
            Map.entry("vmalloc", ALLOCATES),
            Map.entry("free", FREES),
            Map.entry("kfree", FREES),
            Map.entry("begin", BEGINS),
            Map.entry("start", BEGINS),
            Map.entry("end", ENDS),
            Map.entry("finish", ENDS));

    /** Words that only say how. */
    private static final List<String> HOW = List.of(
            "irq",
            "irqsave",
            "irqrestore",
            "bh",
            "nested",
            "slow",
            "noprof",
            "node",
            "reason",
            "rcu",
            "safe",
            "sync",
            "deferred",
            "killable",
            "interruptible",
            "final",
            "cache",
            "buf",
            "many",
            "ref",
            "pages",
            "page",
            "skb",
            "write",
            "read",
            "file",
            "creating",
            "dirop",
            "removing",
            "killed");

    /** What a call of a function does; empty if its name promises nothing of the kind. */
    public static Optional<Effect> of(String function) {
        String name = function.replaceFirst("\\..*", "");
        Effect known = NAMES.get(name);
        if (known != null) {
            return Optional.of(known);
        }
        List<String> words =
                Arrays.stream(name.split("_")).filter(w -> !w.isEmpty()).toList();
        for (int i = words.size() - 1; i >= 0; i--) {
            Effect effect = WORDS.get(words.get(i));
            if (effect != null) {
                return Optional.of(effect);
            }
            if (!HOW.contains(words.get(i))) {
                break;
            }
        }
        return Optional.ofNullable(words.isEmpty() ? null : atTheStart(words));
    }

    /** "put_cred_rcu", "free_pages_bulk", "end_dirop", "alloc_skb_with_frags". */
    private static @Nullable Effect atTheStart(List<String> words) {
        return switch (words.getFirst()) {
            case "put" -> PUTS;
            case "free" -> FREES;
            case "alloc" -> ALLOCATES;
            case "end" -> ENDS;
            case "unlock" -> UNLOCKS;
            default -> null;
        };
    }
}
