// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.web;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.killswitch.fleet.api.Tls;
import org.killswitch.fleet.api.WebConfig;
import org.killswitch.fleet.controller.View;
import org.killswitch.policy.PolicyException;

/** Serves the page, its events, the list of hosts and the metrics. Nothing that is asked here changes anything. */
public final class WebServer implements AutoCloseable {

    /** More are closed at once. */
    static final int CONNECTIONS = 200;

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    // The server of the JDK takes its limits from there, once.
    static {
        limit("jdk.httpserver.maxConnections", CONNECTIONS);
        limit("sun.net.httpserver.maxReqTime", PATIENCE.toSeconds());
        limit("sun.net.httpserver.maxReqHeaders", 100);
        limit("sun.net.httpserver.maxReqHeaderSize", 32 * 1024L);
    }

    /** What the page is made of, by its path. */
    private static final Map<String, Answer> FILES = Map.of(
            "/", file("page.html", "text/html"),
            "/page.css", file("page.css", "text/css"),
            "/page.js", file("page.js", "text/javascript"),
            "/list.js", file("list.js", "text/javascript"));

    private static final Map<String, String> HEADERS = Map.of(
            "Cache-Control", "no-store",
            "Content-Security-Policy",
                    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:;"
                            + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            "Cross-Origin-Opener-Policy", "same-origin",
            "Cross-Origin-Resource-Policy", "same-origin",
            "Referrer-Policy", "no-referrer",
            "X-Content-Type-Options", "nosniff");

    /** What is sent back. */
    private record Answer(int status, String type, String body) {
        private static Answer of(int status, String text) {
            return of(status, "text/plain", text + "\n");
        }

        private static Answer of(int status, String type, String text) {
            return new Answer(status, type + "; charset=utf-8", text);
        }
    }

    private final HttpServer server;
    private final Access access;
    private final Supplier<View> source;
    private final Board board;
    private final Events events;
    private final Consumer<String> log;
    private final Deadlines deadlines = new Deadlines();
    // A connection has at most one thread, and connections are limited.
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private WebServer(HttpServer server, Access access, Supplier<View> source, Consumer<String> log) {
        this.server = server;
        this.access = access;
        this.source = source;
        this.log = log;
        board = new Board(source, log);
        events = new Events(board, deadlines, InstantSource.system());
    }

    /**
     * Begins to serve.
     *
     * @param source what the controller knows
     * @param log takes a line when something goes wrong
     */
    public static WebServer start(WebConfig config, Supplier<View> source, Consumer<String> log)
            throws PolicyException {
        Access access = Access.of(config);
        HttpServer server = bind(config);
        WebServer web = new WebServer(server, access, source, log);
        server.createContext("/", web::handle);
        server.setExecutor(web.threads);
        server.start();
        return web;
    }

    private static HttpServer bind(WebConfig config) throws PolicyException {
        Optional<WebConfig.Pem> tls = config.tls();
        try {
            if (tls.isEmpty()) {
                return HttpServer.create(config.listen(), 0);
            }
            HttpsConfigurator configurator = new HttpsConfigurator(Tls.server(tls.get()));
            HttpsServer secure = HttpsServer.create(config.listen(), 0);
            secure.setHttpsConfigurator(configurator);
            return secure;
        } catch (IOException e) {
            throw new PolicyException("cannot listen on " + config.listen() + ": " + e.getMessage(), e);
        }
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    private static void limit(String property, long value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, String.valueOf(value));
        }
    }

    private static Answer file(String name, String type) {
        try (InputStream in = Objects.requireNonNull(WebServer.class.getResourceAsStream(name))) {
            return Answer.of(200, type, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            HEADERS.forEach(exchange.getResponseHeaders()::set);
            Optional<Answer> answer = answer(exchange);
            if (answer.isPresent()) {
                deadlines.within(PATIENCE, () -> send(exchange, answer.get()));
            }
        } catch (RuntimeException e) {
            log.accept("internal error: " + e);
            throw e;
        }
    }

    /** Empty where it has been sent already. */
    private Optional<Answer> answer(HttpExchange exchange) throws IOException {
        Headers headers = exchange.getResponseHeaders();
        String path = exchange.getRequestURI().getPath();
        boolean isHead = exchange.getRequestMethod().equals("HEAD");
        if (!isHead && !exchange.getRequestMethod().equals("GET")) {
            headers.set("Allow", "GET, HEAD");
            return Optional.of(Answer.of(405, "read-only"));
        }
        if (path.equals("/healthz")) {
            return Optional.of(
                    source.get().connected()
                            ? Answer.of(200, "ok")
                            : Answer.of(503, "no connection with the NATS server"));
        }
        if (!access.allows(
                exchange.getRequestHeaders(), exchange.getRemoteAddress().getAddress())) {
            if (!access.hasToken()) {
                return Optional.of(Answer.of(403, "only a reverse proxy on this machine may ask"));
            }
            headers.set("WWW-Authenticate", "Basic realm=\"killswitch fleet: the token is the password\"");
            return Optional.of(Answer.of(401, "the token is missing or wrong"));
        }
        if (path.equals("/events") && !isHead) {
            if (events.send(exchange)) {
                return Optional.empty();
            }
            headers.set("Retry-After", "10");
            return Optional.of(Answer.of(503, "too many look already"));
        }
        return Optional.of(page(
                path,
                Optional.ofNullable(exchange.getRequestURI().getRawQuery()).orElse("")));
    }

    private Answer page(String path, String query) {
        return switch (path) {
            case "/metrics" ->
                Answer.of(200, "text/plain; version=0.0.4", FleetMetrics.of(board.snapshot(), board.hits()));
            case "/hosts" ->
                HostList.of(query)
                        .map(h -> Answer.of(
                                200,
                                "application/json",
                                h.json(board.snapshot().view()).toString()))
                        .orElseGet(() -> Answer.of(400, "text, state, ring, attention and page may be asked for"));
            default -> Optional.ofNullable(FILES.get(path)).orElseGet(() -> Answer.of(404, "not here"));
        };
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", answer.type);
        byte[] body = answer.body.getBytes(StandardCharsets.UTF_8);
        boolean isHead = exchange.getRequestMethod().equals("HEAD");
        if (isHead) {
            exchange.getResponseHeaders().set("Content-Length", String.valueOf(body.length));
        }
        exchange.sendResponseHeaders(answer.status, isHead ? -1 : body.length);
        if (!isHead) {
            exchange.getResponseBody().write(body);
        }
        exchange.close(); // writes what is left, within the time that there is for it
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        try {
            // What answers somebody now uses the board and the deadlines until it finds its connection closed.
            threads.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        board.close();
        deadlines.close();
    }
}
