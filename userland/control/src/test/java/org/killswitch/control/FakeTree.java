package org.killswitch.control;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;

/** A tree of plain files in the form of the module's, and a kernel log beside it. */
final class FakeTree {

    /** 100 s after the boot of the machine that the log belongs to. */
    static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");

    final Path root;
    final Path kmsg;
    final Killswitch killswitch;

    FakeTree(Path dir) throws IOException {
        root = Files.createDirectories(dir.resolve("security/killswitch"));
        kmsg = dir.resolve("kmsg");
        Path uptime = Files.writeString(dir.resolve("uptime"), "100.00 180.50\n");
        killswitch = new Killswitch(root, new KernelLog(kmsg, uptime, Clock.fixed(NOW, ZoneOffset.UTC)));
        write("control", "");
        write("engaged", "");
        write("pending", "");
        write("sealed", "0\n");
        write("taint", "1\n");
    }

    void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.resolveSibling("."));
        Files.writeString(path, text);
    }

    void details(String symbol, String state, int timeoutLeft, String backend) throws IOException {
        write("fn/" + symbol + "/state", state + "\n");
        write("fn/" + symbol + "/timeout_left", timeoutLeft + "\n");
        write("fn/" + symbol + "/backend", backend + "\n");
    }

    String command() throws IOException {
        return Files.readString(root.resolve("control"));
    }

    static SymbolName symbol(String text) {
        return new SymbolName(text);
    }
}
