// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.killswitch.posix.Errno;

/** The values that are worth a look for a function. */
final class Values {

    /** What callers take for a refusal rather than for trouble comes first. */
    private static final List<Errno> PREFERRED = List.of(
            Errno.EPERM, Errno.EACCES, Errno.EOPNOTSUPP, Errno.EINVAL, Errno.ENOSYS, Errno.ENODEV, Errno.ENOMEM);

    /** More are no better than these. */
    private static final int TRIED_MAX = 3;

    /** From here on errnos are for the kernel itself (-ERESTARTSYS); no program knows them. */
    private static final long KERNELS_OWN = 512;

    private Values() {}

    /** In order of preference: what the body returns itself, before what it might return. */
    static List<Long> of(Kernel kernel, int function) throws IOException {
        Signature signature =
                kernel.signature(kernel.functions().symbol(function)).orElse(null);
        if (signature == null) {
            return List.of((long) -Errno.EPERM.number());
        }
        List<Long> values = switch (signature.kind()) {
            case VOID -> List.of(0L);
            case BOOL -> List.of(0L, 1L);
            case ENUM -> signature.enumerators().stream().limit(TRIED_MAX).toList();
            case POINTER -> errors(kernel, function, true);
            case NUMBER -> signature.signed() ? errors(kernel, function, false) : List.of(0L);
            case OTHER -> List.of();
        };
        return values.stream().limit(TRIED_MAX).toList();
    }

    private static List<Long> errors(Kernel kernel, int function, boolean pointer) throws IOException {
        Set<Long> own = kernel.canDecode() ? OwnErrors.of(kernel, function).own() : Set.of();
        Set<Long> values = new LinkedHashSet<>();
        List<Long> preferred = PREFERRED.stream().map(e -> (long) -e.number()).toList();
        preferred.stream().filter(own::contains).forEach(values::add);
        own.stream().filter(v -> v < 0 && v > -KERNELS_OWN).forEach(values::add);
        if (pointer && own.contains(0L)) {
            values.add(0L);
        }
        if (values.isEmpty()) {
            values.add(preferred.getFirst());
            values.add(0L);
        }
        return new ArrayList<>(values);
    }
}
