// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.bpf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * {@code MutatedObjectsMain FUNCTION COUNT SEED OBJECT...}: for a guest of the lab, where it has the kernel asked to load
 * damaged objects. Prints how many were refused by whom; one that is still good is loaded, attached or not, and removed.
 */
public final class MutatedObjectsMain {

    private MutatedObjectsMain() {}

    /** The process. */
    public static void main(String[] args) throws IOException {
        int count = Integer.parseInt(args[1]);
        Random random = new Random(Long.parseLong(args[2]));
        List<byte[]> originals = new ArrayList<>();
        for (int i = 3; i < args.length; i++) {
            originals.add(Files.readAllBytes(Path.of(args[i])));
        }
        Path file = Files.createTempFile("mutated", ".bpf.o");
        int refused = 0;
        int loaded = 0;
        for (int i = 0; i < count; i++) {
            Files.write(file, Mutations.of(originals.get(i % originals.size()), random));
            try {
                for (Path pin : OverrideLoader.load(file, args[0])) {
                    Files.delete(pin);
                }
                loaded++;
            } catch (BpfException e) {
                if (String.valueOf(e.getMessage()).contains("\n")) {
                    throw new IllegalStateException("more than one line: " + e.getMessage());
                }
                refused++;
            }
        }
        Files.delete(file);
        System.out.println("refused " + refused + " loaded " + loaded);
    }
}
