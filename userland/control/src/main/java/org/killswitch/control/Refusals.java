// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.control;

import java.util.Optional;
import org.killswitch.posix.Errno;
import org.killswitch.posix.ErrnoException;

/** Turns an errno of the kernel into a line that says what was refused, why, and what to do. */
final class Refusals {

    private static final String SEE_DMESG = "; see dmesg";
    private static final String AMBIGUOUS =
            "more than one function has this name; give it as killswitch status shows it";
    private static final Optional<String> NOTHING_TO_ADD = Optional.empty();

    private Refusals() {}

    /**
     * What else is known when a command has been refused.
     *
     * @param lockdown the active level as the kernel names it ({@code none}, {@code integrity},
     *     {@code confidentiality}); empty where it cannot be read
     * @param kernelSays the reason in the kernel log, where there is one and it may be read
     * @param listed where the function is listed under this name
     * @param sealed whether nothing can be disengaged any more
     * @param locked whether nothing new can be engaged any more
     */
    record Facts(
            Optional<String> lockdown, Optional<String> kernelSays, Listed listed, boolean sealed, boolean locked) {

        boolean lockedDown() {
            return lockdown.filter(level -> !level.equals("none")).isPresent();
        }
    }

    /** Where the module lists a function. */
    enum Listed {
        NO,
        ENGAGED,
        OBSERVED,
        PENDING
    }

    /** {@code engage}, {@code tryengage} and {@code engagefor}. */
    static ControlException engage(SymbolName symbol, Retval retval, int errno, Facts facts) {
        String why = Errno.ofNumber(errno).filter(Errno.EPERM::equals).isPresent()
                ? permission(facts, symbol + "=" + retval.value())
                : whyNot(symbol, errno, facts);
        return exception("cannot engage " + symbol + ": " + why, errno);
    }

    /** What a function refuses that is to be hooked. */
    private static String whyNot(SymbolName symbol, int errno, Facts facts) {
        return switch (Errno.ofNumber(errno).orElse(null)) {
            case EACCES -> needsRoot();
            case ENOENT ->
                says(facts, "this kernel has no function of that name")
                        + "; look it up in /proc/kallsyms; if it is in a module that is not loaded, load that, or name"
                        + " it as <module>:<symbol> to engage it as soon as it is";
            case EBUSY -> busy(symbol, facts);
            case EADDRNOTAVAIL ->
                says(facts, "more than one function has this name; qualify it as <module>:<symbol>")
                        + " (see them: grep -w " + symbol.function() + " /proc/kallsyms)";
            case EINVAL ->
                facts.kernelSays()
                        .orElse("the kernel cannot hook this function (EINVAL); it may be init code or barred from"
                                + " probing: choose one that calls it");
            case EILSEQ, EOPNOTSUPP, ERANGE ->
                says(facts, "the kernel cannot hook this function (" + ErrnoException.describe(errno) + ")")
                        + "; it may be init code or barred from probing: choose one that calls it";
            case ENOMEM -> says(facts, "out of memory") + "; nothing was changed, try again";
            case null, default -> answered(facts, errno) + "; nothing was changed, see dmesg";
        };
    }

    /** {@code engagebpf}. */
    static ControlException engageBpf(SymbolName symbol, int errno, Facts facts) {
        String why = switch (Errno.ofNumber(errno).orElse(null)) {
            case EPERM ->
                facts.lockedDown()
                        ? "the kernel is locked down and lets no BPF program override a function"
                        : notPermitted(facts, NOTHING_TO_ADD);
            case EACCES -> needsRoot();
            case null, default -> answered(facts, errno) + " (see the kernel log)";
        };
        return exception("cannot load a program for " + symbol + ": " + why, errno);
    }

    /** {@code observe}. */
    static ControlException observe(SymbolName symbol, int errno, Facts facts) {
        String why = switch (Errno.ofNumber(errno).orElse(null)) {
            case EPERM ->
                facts.lockedDown() && facts.kernelSays().isEmpty()
                        ? "the kernel is locked down and lets no function be hooked"
                        : notPermitted(facts, NOTHING_TO_ADD);
            case null, default -> whyNot(symbol, errno, facts);
        };
        return exception("cannot observe " + symbol + ": " + why, errno);
    }

    /** {@code enforce}. */
    static ControlException enforce(SymbolName symbol, int errno, Facts facts) {
        String why = switch (Errno.ofNumber(errno).orElse(null)) {
            case EPERM ->
                facts.lockedDown() && facts.kernelSays().isEmpty()
                        ? "the kernel is locked down, so it can only be observed"
                        : notPermitted(facts, NOTHING_TO_ADD);
            case EACCES -> needsRoot();
            case ENOENT ->
                "it is not observed; see what is: killswitch status; to override it at once: killswitch engage";
            case EINVAL -> says(facts, "it is not observed") + "; see killswitch status";
            case EADDRNOTAVAIL -> AMBIGUOUS;
            case null, default -> answered(facts, errno) + SEE_DMESG;
        };
        return exception("cannot enforce " + symbol + ": " + why, errno);
    }

    /** Another value for what is engaged. */
    static ControlException set(SymbolName symbol, int errno, Facts facts) {
        String why = switch (Errno.ofNumber(errno).orElse(null)) {
            case EPERM ->
                facts.lockedDown() && facts.kernelSays().isEmpty()
                        ? "the kernel is locked down, so its value stays"
                        : notPermitted(facts, facts.sealed() ? Optional.of(sealed()) : NOTHING_TO_ADD);
            case EACCES -> needsRoot();
            case ENOENT ->
                facts.listed() == Listed.PENDING
                        ? "it is pending until its module is loaded; first run: killswitch disengage " + symbol
                        : "it is not engaged under this name; see what is: killswitch status";
            case EIDRM -> "it has just been disengaged";
            case EINVAL -> says(facts, "it has no value to change") + "; see killswitch status";
            case null, default -> answered(facts, errno) + SEE_DMESG;
        };
        return exception("cannot change the value of " + symbol + ": " + why, errno);
    }

    /** {@code keep}. */
    static ControlException keep(SymbolName symbol, int errno, Facts facts) {
        String why = switch (Errno.ofNumber(errno).orElse(null)) {
            case EPERM ->
                facts.lockedDown()
                        ? "the kernel is locked down, so it will end when its time is over"
                        : notPermitted(facts, NOTHING_TO_ADD);
            case EACCES -> needsRoot();
            case ENOENT -> "it is not engaged, so its time may be over; see what is: killswitch status";
            case EINVAL -> says(facts, "it has no countdown to stop") + "; see killswitch status";
            case EADDRNOTAVAIL -> AMBIGUOUS;
            case null, default -> answered(facts, errno) + SEE_DMESG;
        };
        return exception("cannot keep " + symbol + ": " + why, errno);
    }

    /** {@code seal}; with what the kernel log says of it. */
    static ControlException seal(int errno, Optional<String> kernelSays) {
        String why = switch (Errno.ofNumber(errno).orElse(null)) {
            case EPERM, EACCES -> needsRoot();
            case EBUSY ->
                kernelSays.orElse(
                                "something is engaged for a time only, or has a guard that could be changed from outside")
                        + "; see killswitch status";
            case null, default ->
                kernelSays.orElse("the kernel answered " + ErrnoException.describe(errno)) + SEE_DMESG;
        };
        return exception("cannot seal: " + why, errno);
    }

    /** {@code lock}. */
    static ControlException lock(int errno) {
        String why = switch (Errno.ofNumber(errno).orElse(null)) {
            case EPERM, EACCES -> needsRoot();
            case null, default -> "the kernel answered " + ErrnoException.describe(errno) + SEE_DMESG;
        };
        return exception("cannot lock: " + why, errno);
    }

    /** {@code disengage}. */
    static ControlException disengage(SymbolName symbol, int errno, Facts facts) {
        String why = switch (Errno.ofNumber(errno).orElse(null)) {
            case EPERM -> facts.sealed() ? sealed() : needsRoot();
            case EACCES -> needsRoot();
            case ENOENT -> "it is not engaged; see what is: killswitch status";
            case EADDRNOTAVAIL -> AMBIGUOUS;
            case null, default -> answered(facts, errno) + SEE_DMESG;
        };
        return exception("cannot disengage " + symbol + ": " + why, errno);
    }

    /** {@code disengage_all}. */
    static ControlException disengageAll(int errno, boolean sealed) {
        String why = switch (Errno.ofNumber(errno).orElse(null)) {
            case EPERM -> sealed ? sealed() : needsRoot();
            case EACCES -> needsRoot();
            case null, default -> "the kernel answered " + ErrnoException.describe(errno) + SEE_DMESG;
        };
        return exception("cannot disengage everything: " + why, errno);
    }

    private static ControlException exception(String message, int errno) {
        return new ControlException(message, Errno.ofNumber(errno).orElse(null));
    }

    private static String permission(Facts facts, String entry) {
        return switch (facts.kernelSays().isPresent() || facts.locked()
                ? ""
                : facts.lockdown().orElse("none")) {
            case "integrity" ->
                "the kernel is locked down (integrity); it can only be engaged when killswitch is loaded:"
                        + " add the line 'options killswitch engage=" + entry
                        + "' to /etc/modprobe.d/killswitch.conf (the entries of several lines add up)";
            case "confidentiality" ->
                "the kernel is locked down (confidentiality) and lets nothing be engaged; boot with lockdown=integrity"
                        + " or less";
            default ->
                notPermitted(
                        facts,
                        facts.sealed()
                                ? Optional.of("killswitch is sealed, so nothing can be engaged for a time only; leave"
                                        + " out --for (and run it as root)")
                                : NOTHING_TO_ADD);
        };
    }

    /**
     * What the module's rules say, or the lock; where they say nothing, it is the caller who may not.
     *
     * @param otherwise a reason that is likelier than that
     */
    private static String notPermitted(Facts facts, Optional<String> otherwise) {
        if (facts.kernelSays().isPresent()) {
            return facts.kernelSays().get();
        }
        return facts.locked() ? locked() : otherwise.orElseGet(Refusals::needsRoot);
    }

    private static String locked() {
        return "killswitch is locked: nothing new can be engaged, observed or enforced until the next boot";
    }

    private static String sealed() {
        return "killswitch is sealed: what is engaged stays so until the next boot";
    }

    private static String needsRoot() {
        return "this needs CAP_SYS_ADMIN in the initial user namespace; run it as root (sudo killswitch ...)";
    }

    private static String busy(SymbolName symbol, Facts facts) {
        if (facts.listed() == Listed.PENDING) {
            return "it is pending already, until its module is loaded; to change the value, first run:"
                    + " killswitch disengage " + symbol;
        }
        if (facts.listed() == Listed.ENGAGED) {
            return "it is engaged already; to change the value, run: killswitch set " + symbol + " RETVAL";
        }
        if (facts.listed() == Listed.OBSERVED) {
            return "it is observed; to override what is counted, run: killswitch enforce " + symbol
                    + " RETVAL; for other calls, first run: killswitch disengage " + symbol;
        }
        return says(facts, "a livepatch or another owner redirects its entry")
                + "; see killswitch status, /sys/kernel/livepatch and the sysctl kernel.ftrace_enabled";
    }

    private static String answered(Facts facts, int errno) {
        return says(facts, "the kernel answered " + ErrnoException.describe(errno));
    }

    private static String says(Facts facts, String otherwise) {
        return facts.kernelSays().orElse(otherwise);
    }
}
