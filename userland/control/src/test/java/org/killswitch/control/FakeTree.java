// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.control;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.killswitch.control.log.KernelLog;

/** A tree of plain files in the form of the module's, and a kernel log beside it. */
public final class FakeTree {

    /** 100 s after the boot of the machine that the log belongs to. */
    public static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");

    public final Path root;
    public final Path kmsg;
    public final Killswitch killswitch;

    public FakeTree(Path dir) throws IOException {
        root = Files.createDirectories(dir.resolve("security/killswitch"));
        kmsg = dir.resolve("kmsg");
        Path stat = Files.writeString(dir.resolve("stat"), "ctxt 1\nbtime " + (NOW.getEpochSecond() - 100) + "\n");
        killswitch = new Killswitch(root, new KernelLog(kmsg, stat));
        write("control", "");
        write("engaged", "");
        write("pending", "");
        write("sealed", "0\n");
        write("locked", "0\n");
        write("taint", "1\n");
    }

    public void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.resolveSibling("."));
        Files.writeString(path, text);
    }

    public void details(String symbol, String state, int timeoutLeft, String backend) throws IOException {
        write("fn/" + symbol + "/state", state + "\n");
        write("fn/" + symbol + "/timeout_left", timeoutLeft + "\n");
        write("fn/" + symbol + "/backend", backend + "\n");
        write("fn/" + symbol + "/reason", "\n");
    }

    public String command() throws IOException {
        return Files.readString(root.resolve("control"));
    }

    public static SymbolName symbol(String text) {
        return new SymbolName(text);
    }
}
