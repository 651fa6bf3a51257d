// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.killswitch.fleet.api.Json;
import org.killswitch.host.Programs;
import org.killswitch.policy.PolicyException;

/** Debian's Chromium without a window, driven by its DevTools protocol. */
public final class Chromium implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Pattern TARGET = Pattern.compile("\"webSocketDebuggerUrl\": *\"(ws://[^\"]*/page/[^\"]*)\"");

    private final Process process;
    private final HttpClient client = HttpClient.newHttpClient();
    private final WebSocket socket;
    private final AtomicLong last = new AtomicLong();
    private final Map<Long, CompletableFuture<Json>> replies = new ConcurrentHashMap<>();

    /** What the page has complained about: exceptions, errors, refused content. */
    public final ConcurrentLinkedQueue<String> complaints = new ConcurrentLinkedQueue<>();

    /**
     * Starts it.
     *
     * @param folder for its profile and its log
     */
    public Chromium(Path folder) throws Exception {
        String program = Programs.onPathOrOfRoot()
                .find("chromium")
                .orElseThrow(() -> new IOException("no chromium: script/bootstrap installs it"))
                .toString();
        List<String> command = new ArrayList<>(List.of(
                program,
                "--headless=new",
                "--remote-debugging-port=0",
                "--user-data-dir=" + folder.resolve("profile"),
                "--no-first-run",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--hide-scrollbars"));
        if (System.getProperty("user.name").equals("root")) {
            command.add("--no-sandbox"); // it refuses to run as root with one
        }
        command.add("about:blank");
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("chromium.log").toFile());
        builder.environment()
                .put("TMPDIR", folder.toString()); // it is killed in the end, and would leave something there
        process = builder.start();
        try {
            socket = connect(folder);
            for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
                call(domain + ".enable", Json.object());
            }
        } catch (Exception e) {
            process.destroyForcibly();
            throw e;
        }
    }

    private WebSocket connect(Path folder) throws Exception {
        Path ports = folder.resolve("profile/DevToolsActivePort");
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            if (Files.exists(ports) && Files.readAllLines(ports).size() == 2) {
                URI list = URI.create(
                        "http://127.0.0.1:" + Files.readAllLines(ports).getFirst() + "/json/list");
                String targets = client.send(HttpRequest.newBuilder(list).build(), HttpResponse.BodyHandlers.ofString())
                        .body();
                Matcher m = TARGET.matcher(targets);
                if (m.find()) {
                    return client.newWebSocketBuilder()
                            .buildAsync(URI.create(m.group(1)), new Listener())
                            .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                }
            }
            if (System.nanoTime() > end || !process.isAlive()) {
                throw new IOException("chromium does not start: " + Files.readString(folder.resolve("chromium.log")));
            }
            Thread.sleep(50);
        }
    }

    private final class Listener implements WebSocket.Listener {
        private final StringBuilder message = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean isLast) {
            message.append(data);
            if (isLast) {
                String text = message.toString();
                message.setLength(0);
                hear(text);
            }
            from.request(1);
            return CompletableFuture.completedFuture(null);
        }
    }

    private void hear(String text) {
        try {
            Json json = Json.parse(text.getBytes(StandardCharsets.UTF_8));
            String method = json.optionalText("method").orElse("");
            boolean isBad = method.equals("Runtime.exceptionThrown")
                    || (method.equals("Runtime.consoleAPICalled") && text.contains("\"type\":\"error\""))
                    || (method.equals("Log.entryAdded") && !text.contains("\"level\":\"verbose\""));
            if (isBad) {
                complaints.add(text);
            }
            if (method.isEmpty()) {
                CompletableFuture<Json> reply = replies.remove(json.number("id"));
                if (reply != null) {
                    reply.complete(json);
                }
            }
        } catch (PolicyException e) {
            complaints.add("unreadable: " + e.getMessage() + ": " + text);
        }
    }

    /** One command of the protocol; what it answers. */
    Json call(String method, Json parameters) throws Exception {
        long id = last.incrementAndGet();
        CompletableFuture<Json> reply = new CompletableFuture<>();
        replies.put(id, reply);
        socket.sendText(
                        Json.object()
                                .with("id", id)
                                .with("method", method)
                                .with("params", parameters)
                                .toString(),
                        true)
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        Json answer = reply.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(answer.object("error").names()).as(method + ": " + answer).isEmpty();
        return answer.object("result");
    }

    /** Opens a page, with a header in all requests. */
    public void open(String url, String header, String value) throws Exception {
        call(
                "Network.setExtraHTTPHeaders",
                Json.object().with("headers", Json.object().with(header, value)));
        call("Page.navigate", Json.object().with("url", url));
    }

    /** The text that an expression comes to. */
    public String evaluate(String expression) throws Exception {
        Json answer = call(
                "Runtime.evaluate",
                Json.object().with("expression", "String(" + expression + ")").with("awaitPromise", true));
        assertThat(answer.object("exceptionDetails").names())
                .as(expression + ": " + answer)
                .isEmpty();
        return answer.object("result").text("value");
    }

    /** Waits until an expression is true; how long it took. */
    public Duration until(String expression) throws Exception {
        long start = System.nanoTime();
        while (!evaluate("Boolean(" + expression + ")").equals("true")) {
            if (System.nanoTime() - start > PATIENCE.toNanos()) {
                throw new AssertionError("never: " + expression + "; the page says: "
                        + evaluate("document.body.innerText") + "\n" + complaints);
            }
            Thread.sleep(30);
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /** A window of another width, and another colour scheme. */
    public void look(int width, int height, String scheme) throws Exception {
        call(
                "Emulation.setDeviceMetricsOverride",
                Json.object()
                        .with("width", (long) width)
                        .with("height", (long) height)
                        .with("deviceScaleFactor", 1L)
                        .with("mobile", false));
        call(
                "Emulation.setEmulatedMedia",
                Json.object()
                        .with(
                                "features",
                                List.of(Json.object()
                                        .with("name", "prefers-color-scheme")
                                        .with("value", scheme))));
    }

    /** Presses a key, as a person does. */
    public void press(String key, String code, long number) throws Exception {
        for (String type : List.of("keyDown", "keyUp")) {
            Json parameters = Json.object()
                    .with("type", type)
                    .with("key", key)
                    .with("code", code)
                    .with("windowsVirtualKeyCode", number);
            call("Input.dispatchKeyEvent", key.equals("Enter") ? parameters.with("text", "\r") : parameters);
        }
    }

    /** Types a text into what has the focus. */
    public void type(String text) throws Exception {
        call("Input.insertText", Json.object().with("text", text));
    }

    /** The whole page as a picture. */
    public void picture(Path file) throws Exception {
        Json answer = call("Page.captureScreenshot", Json.object().with("captureBeyondViewport", true));
        Files.write(file, Base64.getDecoder().decode(answer.text("data")));
    }

    @Override
    public void close() {
        client.shutdownNow();
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        try {
            process.destroyForcibly().waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
