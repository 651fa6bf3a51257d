// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.killswitch.host.text.Symbol;

/** Judges an engagement by what the kernel itself shows. */
public final class Check {

    /** Findings that take the decoded body. */
    private static final List<Finding.Id> OF_BODY =
            List.of(Finding.Id.OWN_ERRORS, Finding.Id.CALLERS, Finding.Id.OUTPUTS, Finding.Id.OWES);

    private Check() {}

    /**
     * Looks at a function and a value.
     *
     * @param symbol as it would be given to {@code engage}
     * @param retval empty to see what is known of the function
     */
    public static Report of(Kernel kernel, String symbol, OptionalLong retval) throws IOException {
        Found.Answer found = Found.of(kernel, symbol);
        List<Finding> findings = new ArrayList<>(found.findings());
        Map<Finding.Id, String> missing = new EnumMap<>(Finding.Id.class);
        if (found.function() < 0) {
            return new Report(symbol, findings, missing);
        }
        Symbol function = kernel.functions().symbol(found.function());
        Optional<Signature> signature = kernel.signature(function);
        Subject subject = new Subject(kernel, function, found.function(), signature, retval);
        ReturnValue.of(subject)
                .ifPresentOrElse(
                        findings::add,
                        () -> missing.put(
                                Finding.Id.VALUE, "the kernel has no type of " + function.name() + " in its BTF"));
        if (kernel.canDecode()) {
            findings.addAll(OwnErrors.findings(subject));
            findings.addAll(Callers.findings(subject));
        } else {
            OF_BODY.forEach(id -> missing.put(id, kernel.noDisassembler()));
        }
        findings.addAll(Pointers.findings(subject));
        kernel.noPointers().ifPresent(why -> missing.put(Finding.Id.POINTERS, why));
        Contract.of(subject).ifPresent(findings::add);
        Context.of(subject).ifPresent(findings::add);
        Context.ofPackets(subject).ifPresent(findings::add);
        Permission.of(subject).ifPresent(findings::add);
        if (kernel.canDecode()) {
            Outputs.of(subject).ifPresent(findings::add);
            findings.addAll(Owes.findings(subject));
        }
        return new Report(symbol, List.copyOf(findings), missing);
    }
}
