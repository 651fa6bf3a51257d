// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The network between a server and some of its clients, on the loopback device. Where it is cut, connections stay, and what
 * is sent arrives when it is mended, as TCP has it: neither side is told.
 */
public final class Relay implements AutoCloseable {

    private final ServerSocket listening;
    private final int server;
    private final Way toServer = new Way();
    private final Way fromServer = new Way();
    private final Queue<Socket> clients = new ConcurrentLinkedQueue<>();

    /** One direction of all connections. */
    private static final class Way {
        private boolean isCut;

        synchronized void cut(boolean now) {
            isCut = now;
            notifyAll();
        }

        synchronized void pass() throws InterruptedException {
            while (isCut) {
                wait();
            }
        }
    }

    public Relay(int server) throws IOException {
        this.server = server;
        listening = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    public int port() {
        return listening.getLocalPort();
    }

    /** How many connections there have been. */
    public int connections() {
        return clients.size();
    }

    public void cut() {
        toServer.cut(true);
        fromServer.cut(true);
    }

    void cutToServer() {
        toServer.cut(true);
    }

    void cutFromServer() {
        fromServer.cut(true);
    }

    public void mend() {
        toServer.cut(false);
        fromServer.cut(false);
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listening.accept();
                clients.add(client);
                Socket other = new Socket(InetAddress.getLoopbackAddress(), server);
                Thread.ofVirtual().start(() -> forward(client, other, toServer));
                Thread.ofVirtual().start(() -> forward(other, client, fromServer));
            }
        } catch (IOException e) {
            // It has been closed.
        }
    }

    private static void forward(Socket from, Socket to, Way way) {
        try (from;
                to) {
            byte[] buffer = new byte[64 * 1024];
            for (int n = from.getInputStream().read(buffer);
                    n >= 0;
                    n = from.getInputStream().read(buffer)) {
                way.pass();
                to.getOutputStream().write(buffer, 0, n);
            }
        } catch (IOException e) {
            // One of the two has ended the connection.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        mend();
        listening.close();
        for (Socket client : clients) {
            client.close();
        }
    }
}
