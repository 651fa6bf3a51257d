// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.killswitch.advice.flow.Value.Sign;

/** What the name promises: the kernel's words for giving back and for taking. */
final class Contract {

    private static final Finding.Id ID = Finding.Id.CONTRACT;

    private static final Set<String> RELEASE = Set.of(
            "put",
            "free",
            "kfree",
            "unlock",
            "exit",
            "destroy",
            "unregister",
            "del",
            "delete",
            "cleanup",
            "release",
            "drop",
            "unref",
            "fini",
            "teardown",
            "deinit",
            "uninit",
            "detach",
            "unlink",
            "uncharge",
            "unpin",
            "unmap",
            "complete",
            "wake",
            "end",
            "dec",
            "dput",
            "fput",
            "iput",
            "mntput",
            "unhash",
            "purge",
            "flush",
            "remove",
            "close",
            "shutdown",
            "disconnect",
            "evict",
            "invalidate",
            "finish",
            "done",
            "stop",
            "disable",
            "cancel",
            "reap",
            "forget",
            "clear",
            "consume");

    private static final Set<String> ACQUISITION = Set.of(
            "get",
            "lock",
            "trylock",
            "alloc",
            "init",
            "register",
            "grab",
            "hold",
            "start",
            "begin",
            "create",
            "acquire",
            "reserve",
            "charge",
            "attach",
            "open",
            "pin",
            "map",
            "enable",
            "prepare",
            "setup",
            "dup",
            "clone");

    private static final Set<String> COUNT = Set.of(
            "count", "size", "len", "length", "nr", "num", "npages", "nents", "bytes", "sizeof", "avail", "order",
            "depth");

    /** mmput, fput. */
    private static final Pattern PUT = Pattern.compile("(?!in|out|through|com)[a-z]{1,4}put");

    private Contract() {}

    static Optional<Finding> of(Subject subject) throws IOException {
        List<String> words = Arrays.stream(subject.plainName().split("_"))
                .filter(w -> !w.isEmpty())
                .toList();
        Optional<String> release =
                words.stream().filter(Contract::isReleaseWord).findFirst();
        if (release.isPresent()) {
            return Optional.of(release(subject, release.get()));
        }
        Optional<String> count = words.stream().filter(COUNT::contains).findFirst();
        if (count.isPresent()
                && (subject.signature().isEmpty() || subject.returns(Signature.Kind.NUMBER))
                && !canRefuse(subject).orElse(true)) {
            return Optional.of(Finding.of(
                    ID,
                    Level.DANGER,
                    "the name (\"" + count.get() + "\") promises a number that callers rely on, and it never fails"));
        }
        Optional<String> acquisition =
                words.stream().filter(ACQUISITION::contains).findFirst();
        if (acquisition.isPresent() && (subject.saysSuccess() || subject.returns(Signature.Kind.VOID))) {
            return Optional.of(Finding.of(
                    ID,
                    Level.DANGER,
                    "the name (\"" + acquisition.get() + "\") promises to take or set up something, and the callers"
                            + " would go on as if it had"));
        }
        return Optional.empty();
    }

    /** Whether a function's name promises to give back or end something. */
    static boolean isRelease(String name) {
        return Arrays.stream(name.split("_")).anyMatch(Contract::isReleaseWord);
    }

    /** Whether a function's name promises to take or set up something. */
    static boolean isAcquisition(String name) {
        return Arrays.stream(name.split("_")).anyMatch(ACQUISITION::contains);
    }

    private static boolean isReleaseWord(String word) {
        return RELEASE.contains(word) || PUT.matcher(word).matches();
    }

    /** One that can refuse is a request to give back, such as a user makes; the others have to do it. */
    private static Finding release(Subject subject, String word) throws IOException {
        String promise = "the name (\"" + word + "\") promises to give back or end something";
        Optional<Boolean> canRefuse = canRefuse(subject);
        if (!canRefuse.orElse(true)) {
            return Finding.of(ID, Level.NEVER, promise + ", and it cannot fail: what it should end is never ended");
        }
        if (subject.retval().isEmpty() || subject.sign().orElseThrow() != Sign.ERROR) {
            return Finding.of(ID, Level.DANGER, promise + ": with this value the callers believe that it has");
        }
        return Finding.of(
                ID,
                Level.WARNING,
                promise
                        + (canRefuse.isPresent()
                                ? ", but it can fail: what it should end goes on"
                                : ": what it should end goes on, and whether its callers cope with that, only its body"
                                        + " tells"));
    }

    /** Empty where only the body tells, and it cannot be decoded. Without a type only errnos tell that it returns any. */
    private static Optional<Boolean> canRefuse(Subject subject) throws IOException {
        if (subject.signature().isEmpty() && subject.kernel().canDecode()) {
            return Optional.of(
                    !OwnErrors.of(subject.kernel(), subject.function()).errors().isEmpty());
        }
        boolean number = subject.signature()
                .filter(s -> s.isSignedNumber() || s.kind() == Signature.Kind.POINTER)
                .isPresent();
        if (!number && subject.signature().isPresent()) {
            return Optional.of(false);
        }
        return subject.kernel().canDecode()
                ? Optional.of(number
                        && OwnErrors.of(subject.kernel(), subject.function()).returnsErrors())
                : Optional.empty();
    }
}
