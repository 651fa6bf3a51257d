package org.killswitch.control;

import java.util.List;
import java.util.Optional;
import org.killswitch.posix.Errno;
import org.killswitch.posix.ErrnoException;

/** Turns an errno of the kernel into a line that says what was refused, why, and what to do. */
final class Refusals {

    private Refusals() {}

    /**
     * What else is known when a command has been refused.
     *
     * @param lockdown the active level as the kernel names it ({@code none}, {@code integrity},
     *     {@code confidentiality}); empty where it cannot be read
     * @param kernelSays the reason in the kernel log, where there is one and it may be read
     * @param listed where the function is listed under this name
     * @param sealed whether nothing can be disengaged any more
     */
    record Facts(Optional<String> lockdown, Optional<String> kernelSays, Listed listed, boolean sealed) {}

    /** Where the module lists a function. */
    enum Listed {
        NO,
        ENGAGED,
        PENDING
    }

    /** {@code engage}, {@code tryengage} and {@code engagefor}. */
    static ControlException engage(SymbolName symbol, Retval retval, int errno, Facts facts) {
        String why = switch (Errno.ofNumber(errno).orElse(null)) {
            case EPERM -> permission(facts, symbol + "=" + retval.value());
            case EACCES -> needsRoot();
            case ENOENT ->
                says(facts, "this kernel has no function of that name")
                        + "; look it up in /proc/kallsyms; if it is in a module that is not loaded, load that, or name"
                        + " it as <module>:<symbol> to engage it as soon as it is";
            case EBUSY -> busy(symbol, facts);
            case EADDRNOTAVAIL ->
                says(facts, "more than one function has this name; qualify it as <module>:<symbol>")
                        + " (see them: grep -w " + symbol.function() + " /proc/kallsyms)";
            case EINVAL, EILSEQ, EOPNOTSUPP, ERANGE ->
                says(facts, "the kernel cannot hook this function (" + ErrnoException.describe(errno) + ")")
                        + "; it may be init code or barred from probing: choose one that calls it";
            case ENOMEM -> says(facts, "out of memory") + "; nothing was changed, try again";
            case null, default ->
                says(facts, "the kernel answered " + ErrnoException.describe(errno))
                        + "; nothing was changed, see dmesg";
        };
        return exception("cannot engage " + symbol + ": " + why, errno);
    }

    /** {@code engagebpf}. */
    static ControlException engageBpf(SymbolName symbol, int errno, Facts facts) {
        String why = switch (Errno.ofNumber(errno).orElse(null)) {
            case EPERM ->
                facts.lockdown().filter(level -> !level.equals("none")).isPresent()
                        ? "the kernel is locked down and lets no BPF program override a function"
                        : needsRoot();
            case EACCES -> needsRoot();
            case null, default ->
                says(facts, "the kernel answered " + ErrnoException.describe(errno)) + " (the kernel log has it all)";
        };
        return exception("cannot load a program for " + symbol + ": " + why, errno);
    }

    /** {@code keep}. */
    static ControlException keep(SymbolName symbol, int errno, Facts facts) {
        String why = switch (Errno.ofNumber(errno).orElse(null)) {
            case EPERM ->
                facts.lockdown().filter(level -> !level.equals("none")).isPresent()
                        ? "the kernel is locked down, so it will end when its time is over"
                        : needsRoot();
            case EACCES -> needsRoot();
            case ENOENT -> "it is not engaged, so its time may be over; see what is: killswitch status";
            case EINVAL -> says(facts, "it has no countdown to stop") + "; see killswitch status";
            case EADDRNOTAVAIL -> "more than one function has this name; give it as killswitch status shows it";
            case null, default -> says(facts, "the kernel answered " + ErrnoException.describe(errno)) + "; see dmesg";
        };
        return exception("cannot keep " + symbol + ": " + why, errno);
    }

    /** {@code seal}; {@code expiring} has the engagements that a countdown runs for. */
    static ControlException seal(int errno, List<SymbolName> expiring) {
        String why = switch (Errno.ofNumber(errno).orElse(null)) {
            case EPERM, EACCES -> needsRoot();
            case EBUSY ->
                (expiring.isEmpty() ? "something" : join(expiring))
                        + " is engaged for a time only, which a seal would make for good; first run: killswitch keep,"
                        + " or killswitch disengage";
            case null, default -> "the kernel answered " + ErrnoException.describe(errno) + "; see dmesg";
        };
        return exception("cannot seal: " + why, errno);
    }

    private static String join(List<SymbolName> symbols) {
        return String.join(", ", symbols.stream().map(SymbolName::text).toList());
    }

    /** {@code disengage}. */
    static ControlException disengage(SymbolName symbol, int errno, Facts facts) {
        String why = switch (Errno.ofNumber(errno).orElse(null)) {
            case EPERM -> facts.sealed() ? sealed() : needsRoot();
            case EACCES -> needsRoot();
            case ENOENT -> "it is not engaged; see what is: killswitch status";
            case EADDRNOTAVAIL -> "more than one function has this name; give it as killswitch status shows it";
            case null, default -> says(facts, "the kernel answered " + ErrnoException.describe(errno)) + "; see dmesg";
        };
        return exception("cannot disengage " + symbol + ": " + why, errno);
    }

    /** {@code disengage_all}. */
    static ControlException disengageAll(int errno, boolean sealed) {
        String why = switch (Errno.ofNumber(errno).orElse(null)) {
            case EPERM -> sealed ? sealed() : needsRoot();
            case EACCES -> needsRoot();
            case null, default -> "the kernel answered " + ErrnoException.describe(errno) + "; see dmesg";
        };
        return exception("cannot disengage everything: " + why, errno);
    }

    private static ControlException exception(String message, int errno) {
        return new ControlException(message, Errno.ofNumber(errno).orElse(null));
    }

    private static String permission(Facts facts, String entry) {
        return switch (facts.lockdown().orElse("none")) {
            case "integrity" ->
                "the kernel is locked down (integrity); what may still be done is to engage it when the module loads:"
                        + " put 'options killswitch engage=" + entry + "' into /etc/modprobe.d/killswitch.conf";
            case "confidentiality" ->
                "the kernel is locked down (confidentiality) and lets nothing be engaged; boot with lockdown=integrity"
                        + " or less";
            default ->
                facts.sealed()
                        ? "killswitch is sealed, so nothing can be engaged for a time only; leave out --for, or run it"
                                + " as root"
                        : needsRoot();
        };
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
            return "it is engaged already; to change the value, write it to fn/" + symbol
                    + "/retval, or run: killswitch disengage " + symbol;
        }
        return says(facts, "a livepatch or another owner redirects its entry")
                + "; see killswitch status, /sys/kernel/livepatch and the sysctl kernel.ftrace_enabled";
    }

    private static String says(Facts facts, String otherwise) {
        return facts.kernelSays().orElse(otherwise);
    }
}
