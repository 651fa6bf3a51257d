// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a server on loopback, whose key only this test's client trusts. */
class DownloadTest {

    private static final String PASSWORD = "a test's";

    @TempDir
    private Path folder;

    private HttpsServer server;
    private HttpClient client;

    @BeforeEach
    void aServer() throws IOException, InterruptedException, GeneralSecurityException {
        Path keys = folder.resolve("keys");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/keytool").toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD,
                        "-keystore",
                        keys.toString())
                .redirectErrorStream(true)
                .start();
        keytool.inputReader().readAllLines();
        assertThat(keytool.waitFor()).isZero();
        KeyStore store = KeyStore.getInstance(keys.toFile(), PASSWORD.toCharArray());
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(store, PASSWORD.toCharArray());
        TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        answer("/data.json", 200, "some data");
        answer("/absent", 404, "not here");
        server.start();
        client = HttpClient.newBuilder().sslContext(context).build();
    }

    private void answer(String path, int status, String text) {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        server.createContext(path, exchange -> {
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
    }

    @AfterEach
    void noServer() {
        client.close();
        server.stop(0);
    }

    private String fetch(String path, long limit) throws ImportException {
        return Download.withFile(client, url(path), limit, DownloadTest::text);
    }

    private URI url(String path) {
        return URI.create("https://localhost:" + server.getAddress().getPort() + path);
    }

    private static String text(Path file) {
        try {
            return file.getFileName().toString().replaceFirst(".*-", "") + ": " + Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void fetchesAFileUnderItsName() throws ImportException {
        assertThat(fetch("/data.json", 9)).isEqualTo("data.json: some data");
    }

    @Test
    void theFileIsGoneAfterwards() throws ImportException {
        Path file = Download.withFile(client, url("/data.json"), 9, f -> f);
        assertThat(file).doesNotExist();
    }

    @Test
    void refusesWhatIsTooLarge() {
        assertThatThrownBy(() -> fetch("/data.json", 8))
                .isInstanceOf(ImportException.class)
                .hasMessageContaining("is larger than 8 bytes");
    }

    @Test
    void saysWhatTheServerSays() {
        assertThatThrownBy(() -> fetch("/absent", 99))
                .isInstanceOf(ImportException.class)
                .hasMessageContaining("the server says 404");
    }

    @Test
    void trustsNoUnknownServer() {
        assertThatThrownBy(() -> Download.withFile(url("/data.json"), DownloadTest::text))
                .isInstanceOf(ImportException.class)
                .hasMessageContaining("cannot be fetched");
    }

    @Test
    void refusesWhatIsNotHttps() {
        assertThatThrownBy(() -> Download.withFile(URI.create("http://localhost/"), DownloadTest::text))
                .isInstanceOf(ImportException.class)
                .hasMessageContaining("only https");
    }
}
