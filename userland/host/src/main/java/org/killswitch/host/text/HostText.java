// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.host.text;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Collectors;

/** The text of the kernel that runs here. */
public final class HostText implements Closeable {

    private static final String CACHE = "var/cache/killswitch/kernel-text";

    private final CoreFile core;
    private final KernelText text;

    private HostText(CoreFile core, KernelText text) {
        this.core = core;
        this.text = text;
    }

    /**
     * Reads it, from the cache if that is of this boot and these modules.
     *
     * @param root the host's root folder
     */
    public static HostText open(Path root) throws IOException {
        CoreFile core;
        try {
            core = CoreFile.open(root.resolve("proc/kcore"));
        } catch (IOException e) {
            throw new UnreadableKernelException(
                    "the kernel's text cannot be read from /proc/kcore: run it as root, on a kernel that is not locked"
                            + " down for confidentiality",
                    e);
        }
        try {
            return new HostText(core, text(root, core));
        } catch (IOException | RuntimeException e) {
            core.close();
            throw e;
        }
    }

    private static KernelText text(Path root, CoreFile core) throws IOException {
        GraphCache cache = new GraphCache(root.resolve(CACHE), key(root));
        Optional<KernelText> cached = cache.read(core.machine(), core);
        if (cached.isPresent()) {
            return cached.get();
        }
        Symbols symbols = Symbols.parse(Files.readAllBytes(root.resolve("proc/kallsyms")));
        KernelText read = KernelText.read(core.machine(), symbols, core);
        cache.write(read);
        return read;
    }

    /**
     * What the text depends on: the boot, which decides where the kernel lies, and the modules with their places. How often
     * a module is used does not matter.
     */
    private static String key(Path root) throws IOException {
        String modules = Files.readString(root.resolve("proc/modules"), StandardCharsets.UTF_8)
                .lines()
                .map(line -> line.split(" ", -1))
                .filter(words -> words.length > 5)
                .map(words -> words[0] + " " + words[1] + " " + words[4] + " " + words[5])
                .sorted()
                .collect(Collectors.joining("\n"));
        return Files.readString(root.resolve("proc/sys/kernel/random/boot_id"), StandardCharsets.UTF_8) + modules;
    }

    public KernelText text() {
        return text;
    }

    @Override
    public void close() throws IOException {
        core.close();
    }
}
