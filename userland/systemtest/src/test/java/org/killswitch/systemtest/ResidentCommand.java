// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.systemtest;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.killswitch.cli.Host;
import org.killswitch.cli.Main;
import org.killswitch.lab.CommandInGuest;
import org.killswitch.lab.Guest;
import org.killswitch.lab.GuestSpec;

/**
 * The command in a guest, by a process that stays: under emulation the start of a Java process takes several times what
 * it does, and some tests call it a hundred times. Only root's calls, from the folder / and with no more in their environment;
 * how a process of its own starts and ends is for the tests that do not use this.
 */
final class ResidentCommand {

    private static final String FOLDER = "/run/resident";
    private static final String CALLS = FOLDER + "/calls";
    private static final String CLASSES = "/tests/resident";

    private static final String JAVA = java(CLASSES) + ResidentCommand.class.getName();

    /** What stands where the command would: it passes the words on, and what comes of them. */
    private static final String CALLER = """
            #!/bin/sh
            [ "$(id -u)" = 0 ] || exec %s/bin/killswitch "$@"
            call=$(mktemp -d %s/call.XXXXXX)
            mkfifo $call/status
            for word; do printf '%%s\\0' "$word"; done > $call/words
            echo $call > %s
            read status < $call/status
            cat $call/err >&2
            cat $call/out
            rm -r $call
            exit $status
            """.formatted(CommandInGuest.HOME, FOLDER, CALLS);

    private ResidentCommand() {}

    /** Shell words for: start the command's Java with its libraries and folders of more classes; a main class is to follow. */
    static String java(String... folders) {
        return CommandInGuest.HOME + "/runtime/bin/killswitch -Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1"
                + " --enable-native-access=ALL-UNNAMED -cp '" + CommandInGuest.HOME + "/lib/*:"
                + String.join(":", folders) + "' ";
    }

    /** Puts it into a guest that has the command. */
    static GuestSpec add(GuestSpec spec) {
        String name = ResidentCommand.class.getName().replace('.', '/') + ".class";
        return spec.withFile(
                CLASSES + "/" + name, Project.ROOT.resolve("userland/systemtest/target/test-classes/" + name));
    }

    /** Starts it where the command is linked; from now on root's calls of that are its own. */
    static void start(Guest guest) {
        guest.require("mkdir -p -m 700 " + FOLDER + "; mkfifo " + CALLS + "; export LC_ALL=C.UTF-8 KILLSWITCH_HOME="
                + CommandInGuest.HOME + "; cd /; " + JAVA
                + " > " + FOLDER + "/log 2>&1 & rm /bin/killswitch; cat > /bin/killswitch <<'END'\n" + CALLER
                + "END\nchmod +x /bin/killswitch; killswitch --version || { cat " + FOLDER + "/log; exit 1; }");
    }

    /** The process that stays. */
    public static void main(String[] args) throws IOException {
        // open for writing as well: it has no end then, whoever comes and goes
        try (RandomAccessFile calls = new RandomAccessFile(CALLS, "rw")) {
            while (true) {
                answer(Path.of(calls.readLine()));
            }
        }
    }

    private static void answer(Path call) throws IOException {
        String words = Files.readString(call.resolve("words"));
        String[] args = words.isEmpty()
                ? new String[0]
                : words.substring(0, words.length() - 1).split("\0", -1);
        Host process = Host.ofThisProcess();
        int status;
        try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(call.resolve("out")));
                PrintWriter err = new PrintWriter(Files.newBufferedWriter(call.resolve("err")))) {
            Host caller = new Host(
                    process.killswitch(), process.files(), out, err, () -> false, process.zone(), process.pause());
            status = Main.run(caller, args);
        }
        Files.writeString(call.resolve("status"), status + "\n");
    }
}
