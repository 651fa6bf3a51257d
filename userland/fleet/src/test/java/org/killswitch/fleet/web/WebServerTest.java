// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.killswitch.fleet.Keys;
import org.killswitch.fleet.api.Report.Phase;
import org.killswitch.fleet.api.WebConfig;
import org.killswitch.fleet.controller.View;
import org.killswitch.policy.PolicyException;

/** What is served, to whom, and how much of it at once. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class WebServerTest {

    private static final String TOKEN = "0123456789abcdef0123456789abcdef";
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private WebServer server;

    private volatile View view = View.NOTHING;
    private final ConcurrentLinkedQueue<String> log = new ConcurrentLinkedQueue<>();
    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeEach
    void start() throws Exception {
        server = WebServer.start(config(Optional.empty()), () -> view, log::add);
    }

    private WebConfig config(Optional<WebConfig.Pem> tls) throws IOException {
        Path token = Files.writeString(folder.resolve("token"), TOKEN);
        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
        return new WebConfig(ANY_PORT, Optional.of(token), Optional.of("X-Remote-User"), tls);
    }

    @AfterEach
    void stop() {
        server.close();
        client.close();
        assertThat(log).isEmpty();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + server.address().getPort() + path));
    }

    private HttpResponse<String> get(String path, String... headers) throws Exception {
        HttpRequest.Builder request = request(path);
        return client.send(
                (headers.length == 0 ? request : request.headers(headers)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> allowed(String path) throws Exception {
        return get(path, "Authorization", "Bearer " + TOKEN);
    }

    @Test
    void nobodyWithoutToken() throws Exception {
        for (String path :
                List.of("/", "/page.js", "/list.js", "/page.css", "/events", "/hosts", "/metrics", "/nowhere")) {
            HttpResponse<String> refused = get(path);
            assertThat(refused.statusCode()).as(path).isEqualTo(401);
            assertThat(refused.body()).hasSizeLessThan(100);
            assertThat(refused.headers().firstValue("WWW-Authenticate").orElseThrow())
                    .startsWith("Basic ");
            assertThat(get(path, "Authorization", "Bearer " + TOKEN + "0").statusCode())
                    .isEqualTo(401);
        }
        assertThat(allowed("/").statusCode()).isEqualTo(200);
        assertThat(allowed("/nowhere").statusCode()).isEqualTo(404);
        assertThat(allowed("/hosts?page=x").statusCode()).isEqualTo(400);
        assertThat(get("/metrics", "X-Remote-User", "ann").statusCode()).isEqualTo(200);
        assertThat(get("/metrics", "X-Remote-User", "ann", "X-Remote-User", "bob")
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    void readOnly() throws Exception {
        for (String method : List.of("POST", "PUT", "DELETE", "OPTIONS")) {
            HttpRequest request = request("/")
                    .header("Authorization", "Bearer " + TOKEN)
                    .method(method, HttpRequest.BodyPublishers.noBody())
                    .build();
            assertThat(client.send(request, HttpResponse.BodyHandlers.ofString())
                            .statusCode())
                    .as(method)
                    .isEqualTo(405);
        }
        HttpResponse<String> head = client.send(
                request("/page.js")
                        .header("Authorization", "Bearer " + TOKEN)
                        .HEAD()
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
    }

    @Test
    void thePageLoadsNothingFromElsewhereAndRunsNothingOfAnybodyElse() throws Exception {
        HttpResponse<String> page = allowed("/");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
                .doesNotContain("unsafe");
        assertThat(page.body()).doesNotContain("http:", "https:", "//", " style=", "onclick", "<script>");
        assertThat(allowed("/page.js").body() + allowed("/list.js").body())
                .contains("textContent")
                .doesNotContain("innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval(");
    }

    @Test
    void healthSaysWhetherTheServerAnswers() throws Exception {
        assertThat(get("/healthz").statusCode()).isEqualTo(503);
        view = new Sample().view();
        assertThat(get("/healthz").body()).isEqualTo("ok\n");
    }

    @Test
    void namesStayData() throws Exception {
        view = new Sample()
                .host(0, Phase.TRIAL, false, Map.of(Sample.HOSTILE, 1L), List.of(Sample.HOSTILE), List.of())
                .view();
        Thread.sleep(600);
        HttpResponse<String> list = allowed("/hosts");
        assertThat(list.headers().firstValue("Content-Type")).contains("application/json; charset=utf-8");
        assertThat(list.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(list.body()).contains("\"trouble\":[\"<img src=x onerror=alert(1)>\\\\\\\"?\"]");
    }

    @Test
    void changesAreSentAndStreamsAreLimited() throws Exception {
        view = new Sample().host(0, Phase.WAITING, false, Map.of()).view();
        List<HttpResponse<InputStream>> streams = new ArrayList<>();
        for (int i = 0; i < Events.STREAMS; i++) {
            streams.add(client.send(
                    request("/events")
                            .header("Authorization", "Bearer " + TOKEN)
                            .build(),
                    HttpResponse.BodyHandlers.ofInputStream()));
            assertThat(streams.getLast().statusCode()).isEqualTo(200);
        }
        HttpResponse<String> more = allowed("/events");
        assertThat(more.statusCode()).isEqualTo(503);
        assertThat(more.headers().firstValue("Retry-After")).isPresent();
        assertThat(allowed("/").statusCode())
                .as("the page is there all the same")
                .isEqualTo(200);
        view = new Sample().host(0, Phase.TRIAL, false, Map.of()).view();
        try (InputStream in = streams.getFirst().body()) {
            StringBuilder read = new StringBuilder();
            byte[] some = new byte[4096];
            while (read.indexOf("\"trial\":1") < 0) {
                int n = in.read(some);
                assertThat(n).as(read.toString()).isPositive();
                read.append(new String(some, 0, n, StandardCharsets.UTF_8));
            }
            assertThat(read.toString()).contains("event: clock", "event: state", "event: hits", "\"waiting\":1");
        }
        for (HttpResponse<InputStream> stream : streams) {
            stream.body().close();
        }
    }

    /** What it does for a request goes wrong quietly when the server ends: the client is gone, nothing is wrong here. */
    @Test
    void endsWhileItAnswers() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CompletableFuture<View> known = new CompletableFuture<>();
        WebServer ending = WebServer.start(
                config(Optional.empty()),
                () -> {
                    if (Thread.currentThread().isVirtual()) {
                        asked.countDown();
                        return known.join(); // whatever interrupts it
                    }
                    return view;
                },
                log::add);
        Thread closing = Thread.ofPlatform().unstarted(ending::close);
        try (Socket socket =
                new Socket(ending.address().getAddress(), ending.address().getPort())) {
            socket.getOutputStream()
                    .write("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            asked.await();
            closing.start();
            closing.join(Duration.ofMillis(300)); // it waits, or is through if it does not
            known.complete(view);
            closing.join();
        }
        Thread.sleep(300); // an answer that nobody waited for
        assertThat(log).isEmpty();
    }

    private Socket connect() throws IOException {
        Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.address().getPort());
        socket.setSoTimeout(20_000);
        return socket;
    }

    @Test
    void connectionsAreLimitedAndMustAskSoon() throws Exception {
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < WebServer.CONNECTIONS; i++) {
            sockets.add(connect());
        }
        try (Socket slow = sockets.getFirst();
                Socket more = connect()) {
            slow.getOutputStream().write("GET / HTTP/1.1\r\nHo".getBytes(StandardCharsets.US_ASCII));
            assertThat(more.getInputStream().read()).as("closed at once").isEqualTo(-1);
            assertThat(slow.getInputStream().readAllBytes())
                    .as("closed in the end")
                    .isEmpty();
        }
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    @Test
    void aHugeRequestIsRefused() throws Exception {
        try (Socket socket = connect()) {
            socket.getOutputStream()
                    .write(("GET /" + "x".repeat(20_000) + " HTTP/1.1\r\n").getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream()
                    .write(("A: " + "x".repeat(20_000) + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .doesNotContain(" 200 ");
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("reset");
        }
    }

    /** What drops a client that does not read. */
    @Test
    void aWriteThatTakesTooLongEndsTheConnection() throws Exception {
        try (Deadlines deadlines = new Deadlines();
                ServerSocketChannel listening = ServerSocketChannel.open().bind(ANY_PORT);
                SocketChannel reader = SocketChannel.open(listening.getLocalAddress());
                SocketChannel writer = listening.accept();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> write = threads.submit(() -> {
                while (true) {
                    deadlines.within(Duration.ofMillis(300), () -> writer.write(ByteBuffer.allocate(1 << 20)));
                }
            });
            assertThatThrownBy(() -> write.get(20, TimeUnit.SECONDS))
                    .hasRootCauseInstanceOf(ClosedByInterruptException.class);
            assertThat(writer.isOpen()).isFalse();
            assertThat(reader.isOpen()).isTrue();
        }
    }

    @Test
    void tls() throws Exception {
        String program = Path.of("../../packaging/fleet/fleet-certificate")
                .toAbsolutePath()
                .toString();
        Keys.run(program, folder.toString(), "server", "localhost");
        Keys.run(program, folder.toString(), "web", "localhost", "127.0.0.1");
        WebConfig.Pem pem = new WebConfig.Pem(folder.resolve("web.pem"), folder.resolve("web.key"));
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        try (InputStream in = Files.newInputStream(folder.resolve("ca.pem"))) {
            trusted.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        try (WebServer secure = WebServer.start(config(Optional.of(pem)), () -> view, log::add);
                HttpClient browser = HttpClient.newBuilder().sslContext(context).build()) {
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create("https://localhost:" + secure.address().getPort() + "/metrics"))
                    .header("Authorization", "Bearer " + TOKEN)
                    .build();
            assertThat(browser.send(request, HttpResponse.BodyHandlers.ofString())
                            .body())
                    .contains("killswitch_fleet_connected 0");
        }
        assertThatThrownBy(() -> WebServer.start(
                        config(Optional.of(new WebConfig.Pem(folder.resolve("web.pem"), folder.resolve("token")))),
                        () -> view,
                        log::add))
                .isInstanceOf(PolicyException.class)
                .hasMessageContaining("no private key");
    }

    @Test
    void aPortThatIsTaken() throws Exception {
        WebConfig taken =
                new WebConfig(server.address(), config(Optional.empty()).token(), Optional.empty(), Optional.empty());
        assertThatThrownBy(() -> WebServer.start(taken, () -> view, log::add))
                .isInstanceOf(PolicyException.class)
                .hasMessageContaining("cannot listen on");
    }
}
