// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.web;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Semaphore;
import org.killswitch.fleet.api.Json;

/** What changes, as server-sent events, until the client is gone or does not read. */
final class Events {

    /** More are refused. */
    static final int STREAMS = 100;

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Duration BEAT = Duration.ofSeconds(5);

    private final Board board;
    private final Deadlines deadlines;
    private final InstantSource clock;
    private final Semaphore free = new Semaphore(STREAMS);

    Events(Board board, Deadlines deadlines, InstantSource clock) {
        this.board = board;
        this.deadlines = deadlines;
        this.clock = clock;
    }

    /** Whether there was room for one more; then the stream has ended. */
    boolean send(HttpExchange exchange) throws IOException {
        if (!free.tryAcquire()) {
            return false;
        }
        try {
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream; charset=utf-8");
            exchange.sendResponseHeaders(200, 0);
            stream(exchange.getResponseBody());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the server ends
        } finally {
            free.release();
        }
        return true;
    }

    private void stream(OutputStream out) throws IOException, InterruptedException {
        Board.Shown shown = board.look();
        String state = "";
        long points = 0;
        while (true) {
            StringBuilder text = new StringBuilder();
            // With each of them: hosts have clocks of their own, and a page that hears nothing knows that it is alone.
            event(text, "clock", Json.object().with("now", clock.instant().toString()));
            if (!shown.state().equals(state)) {
                state = shown.state();
                text.append("event: state\ndata: ").append(state).append("\n\n");
            }
            if (shown.points() > points) {
                event(
                        text,
                        "hits",
                        Json.object().with("every", Board.POINT.toSeconds()).with("calls", board.pointsAfter(points)));
                points = shown.points();
            }
            byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
            deadlines.within(PATIENCE, () -> {
                out.write(bytes);
                out.flush();
            });
            shown = board.await(shown.version(), BEAT);
        }
    }

    private static void event(StringBuilder text, String name, Json data) {
        text.append("event: ").append(name).append("\ndata: ").append(data).append("\n\n");
    }
}
