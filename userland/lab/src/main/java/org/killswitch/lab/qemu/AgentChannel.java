// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab.qemu;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * The agent in a guest, which runs scripts one after the other. It takes a mark and a script, prints the mark after what
 * the script has printed, and answers with the exit status.
 */
public final class AgentChannel implements AutoCloseable {

    /** The ports: commands and exit statuses, output, errors. */
    static final List<String> NAMES = List.of("control", "output", "errors");

    /** The common pool may have one thread only, and these wait for each other. */
    private static final Executor THREADS = task -> Thread.ofPlatform().daemon().start(task);

    private final List<SocketChannel> sockets = new ArrayList<>();
    private final SecureRandom random = new SecureRandom();

    private AgentChannel() {}

    /**
     * Connects with QEMU, which waits for that.
     *
     * @param directory where QEMU has its sockets
     */
    public static AgentChannel connect(Path directory, Qemu qemu, Duration limit) throws IOException {
        AgentChannel channel = new AgentChannel();
        long end = System.nanoTime() + limit.toNanos();
        boolean connected = false;
        try {
            for (String name : NAMES) {
                channel.sockets.add(connect(UnixDomainSocketAddress.of(directory.resolve(name)), qemu, end));
            }
            connected = true;
            return channel;
        } finally {
            if (!connected) {
                channel.close();
            }
        }
    }

    private static SocketChannel connect(UnixDomainSocketAddress address, Qemu qemu, long end) throws IOException {
        while (true) {
            SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                socket.connect(address);
                return socket;
            } catch (IOException e) {
                socket.close();
                if (!qemu.isAlive() || System.nanoTime() > end) {
                    throw qemu.noBoot();
                }
                qemu.listenOn(Duration.ofMillis(10));
            }
        }
    }

    /** What the agent says when it is there: "ready". */
    public CompletableFuture<String> greeting() {
        return CompletableFuture.supplyAsync(this::readControlLine, THREADS);
    }

    /** Runs a script, passing on what it prints as it comes; its exit status. */
    public CompletableFuture<Integer> run(String script, OutputStream output, OutputStream errors) {
        byte[] mark = newMark();
        var out = CompletableFuture.runAsync(() -> copyUntil(mark, sockets.get(1), output), THREADS);
        var err = CompletableFuture.runAsync(() -> copyUntil(mark, sockets.get(2), errors), THREADS);
        var status = CompletableFuture.supplyAsync(
                () -> {
                    send(text(mark) + " "
                            + Base64.getEncoder().encodeToString(script.getBytes(StandardCharsets.UTF_8)));
                    return readControlLine();
                },
                THREADS);
        return CompletableFuture.allOf(out, err, status).thenApply(v -> Integer.parseInt(status.join()));
    }

    /** Has the agent power the guest off. */
    public void powerOff() {
        send("poweroff");
    }

    private byte[] newMark() {
        byte[] nonce = new byte[16];
        random.nextBytes(nonce);
        return HexFormat.of().formatHex(nonce).getBytes(StandardCharsets.US_ASCII);
    }

    private static String text(byte[] mark) {
        return new String(mark, StandardCharsets.US_ASCII);
    }

    private static void copyUntil(byte[] mark, SocketChannel from, OutputStream to) {
        try {
            copyUntil(mark, Channels.newInputStream(from), to);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Copies up to the mark. What a job left in the background printed after it, and came with it, is copied too: the
     * mark need not be the last that is read.
     */
    static void copyUntil(byte[] mark, InputStream in, OutputStream to) throws IOException {
        byte[] buffer = new byte[1 << 16];
        int held = 0; // bytes at the buffer's start that may be the beginning of the mark
        while (true) {
            int n = in.read(buffer, held, buffer.length - held);
            if (n < 0) {
                throw new IOException("the guest closed its end");
            }
            int length = held + n;
            int at = indexOf(buffer, length, mark);
            if (at >= 0) {
                to.write(buffer, 0, at);
                to.write(buffer, at + mark.length, length - at - mark.length);
                to.flush();
                return;
            }
            held = beginning(mark, buffer, length);
            to.write(buffer, 0, length - held);
            to.flush();
            System.arraycopy(buffer, length - held, buffer, 0, held);
        }
    }

    /** How many of the last bytes may be the beginning of the mark: only these wait for more. */
    private static int beginning(byte[] mark, byte[] buffer, int length) {
        int size = Math.min(length, mark.length - 1);
        while (size > 0 && !Arrays.equals(buffer, length - size, length, mark, 0, size)) {
            size--;
        }
        return size;
    }

    private static int indexOf(byte[] buffer, int length, byte[] mark) {
        for (int at = 0; at <= length - mark.length; at++) {
            if (Arrays.equals(buffer, at, at + mark.length, mark, 0, mark.length)) {
                return at;
            }
        }
        return -1;
    }

    private void send(String line) {
        try {
            Channels.newOutputStream(sockets.getFirst()).write((line + "\n").getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String readControlLine() {
        try {
            InputStream in = Channels.newInputStream(sockets.getFirst());
            StringBuilder line = new StringBuilder();
            for (int c = in.read(); c != '\n'; c = in.read()) {
                if (c < 0) {
                    throw new IOException("the guest closed its end");
                }
                line.append((char) c);
            }
            return line.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        for (SocketChannel socket : sockets) {
            try {
                socket.close();
            } catch (IOException e) {
                // the other end is gone anyway
            }
        }
    }
}
