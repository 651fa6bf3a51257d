// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.advice;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.killswitch.host.text.Capstone;
import org.killswitch.host.text.Disassembler;
import org.killswitch.host.text.KernelText;
import org.killswitch.host.text.Machine;
import org.killswitch.host.text.Memory;
import org.killswitch.host.text.Symbols;

/**
 * A few functions of a real kernel, as {@link ExcerptRecorder} wrote them down. Where nothing was recorded memory is 0.
 * Lines are "machine M", "symbol ADDRESS TYPE NAME [MODULE]", "bytes ADDRESS HEX", and "signature MODULE FUNCTION ..." with
 * what {@link Signature} has, its words separated by tabs.
 */
record Excerpt(Machine machine, String kallsyms, Map<Long, String> chunks, Map<String, Signature> signatures)
        implements Memory {

    private static final String SEPARATOR = "\t";

    static Excerpt named(String name) {
        try (InputStream in = Excerpt.class.getResourceAsStream(name)) {
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Excerpt parse(String text) {
        Machine machine = Machine.X86_64;
        StringBuilder kallsyms = new StringBuilder();
        Map<Long, String> chunks = new HashMap<>();
        Map<String, Signature> signatures = new HashMap<>();
        for (String line : text.lines().filter(l -> !l.startsWith("#")).toList()) {
            List<String> words = List.of(line.split(SEPARATOR, -1));
            switch (words.getFirst()) {
                case "machine" -> machine = Machine.valueOf(words.get(1));
                case "symbol" -> {
                    kallsyms.append(words.get(1))
                            .append(' ')
                            .append(words.get(2))
                            .append(' ')
                            .append(words.get(3));
                    kallsyms.append(words.size() > 4 ? "\t[" + words.get(4) + "]\n" : "\n");
                }
                case "bytes" -> chunks.put(Long.parseUnsignedLong(words.get(1), 16), words.get(2));
                case "signature" -> signatures.put(words.get(1) + ":" + words.get(2), signature(words));
                default -> throw new IllegalArgumentException(line);
            }
        }
        return new Excerpt(machine, kallsyms.toString(), chunks, signatures);
    }

    private static Signature signature(List<String> words) {
        List<Signature.Parameter> parameters = new ArrayList<>();
        for (int i = 8; i + 4 < words.size(); i += 5) {
            parameters.add(new Signature.Parameter(
                    words.get(i),
                    words.get(i + 1),
                    Boolean.parseBoolean(words.get(i + 2)),
                    Boolean.parseBoolean(words.get(i + 3)),
                    Boolean.parseBoolean(words.get(i + 4))));
        }
        List<Long> enumerators = words.get(7).isEmpty()
                ? List.of()
                : Arrays.stream(words.get(7).split(" ", -1)).map(Long::valueOf).toList();
        return new Signature(
                Signature.Kind.valueOf(words.get(3)),
                Integer.parseInt(words.get(4)),
                Boolean.parseBoolean(words.get(5)),
                words.get(6),
                parameters,
                enumerators);
    }

    /** The line from which {@link #signature} makes it again. */
    static String line(String module, String function, Signature s) {
        StringBuilder line = new StringBuilder(String.join(
                SEPARATOR,
                "signature",
                module,
                function,
                s.kind().name(),
                Integer.toString(s.bits()),
                Boolean.toString(s.signed()),
                s.type(),
                String.join(" ", s.enumerators().stream().map(Object::toString).toList())));
        for (Signature.Parameter p : s.parameters()) {
            line.append(SEPARATOR)
                    .append(String.join(
                            SEPARATOR,
                            p.name(),
                            p.type(),
                            Boolean.toString(p.pointer()),
                            Boolean.toString(p.readOnly()),
                            Boolean.toString(p.plain())));
        }
        return line.toString();
    }

    @Override
    public byte[] read(long address, int length) {
        byte[] read = new byte[length];
        chunks.forEach((start, hex) -> {
            long at = start - address;
            int size = hex.length() / 2;
            if (at < length && at + size > 0) {
                byte[] bytes = HexFormat.of().parseHex(hex);
                int from = Math.clamp(-at, 0, size);
                int to = (int) at + from;
                System.arraycopy(bytes, from, read, to, Math.min(size - from, length - to));
            }
        });
        return read;
    }

    /** The same without symbols of data, as a kernel without CONFIG_KALLSYMS_ALL has it. */
    Excerpt withoutData() {
        String functions = kallsyms.lines()
                .filter(line -> line.matches("\\S+ [tTwW] .*"))
                .collect(Collectors.joining("\n", "", "\n"));
        return new Excerpt(machine, functions, chunks, signatures);
    }

    /** The kernel, as far as it was recorded, with a disassembler. */
    Kernel kernel() {
        try {
            return kernel(Optional.of(Capstone.open(machine)));
        } catch (Capstone.UnavailableException e) {
            throw new AssertionError(e);
        }
    }

    Kernel kernel(Optional<Disassembler> disassembler) {
        try {
            return new Kernel(
                    KernelText.read(machine, Symbols.parse(kallsyms.getBytes(StandardCharsets.UTF_8)), this),
                    (module, function) -> Optional.ofNullable(signatures.get(module + ":" + function)),
                    disassembler,
                    "there is no disassembler");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
