// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Fetches a source by https, into a temporary file. */
public final class Download {

    /** The largest source, the CNA's repository as json, is a fifth of it. */
    static final long LIMIT = 1L << 30;

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int OK = 200;
    private static final int BUFFER = 1 << 16;

    /** Does something with the file that was fetched. */
    @FunctionalInterface
    public interface Use<T> {
        /** The file is gone afterwards. */
        T use(Path file) throws ImportException;
    }

    private Download() {}

    /** Whether a source is to be fetched. */
    public static boolean isUrl(String source) {
        return source.startsWith("https://") || source.startsWith("http://");
    }

    /**
     * Fetches a file.
     *
     * @throws ImportException if it is not to be had by https, or is too large
     */
    public static <T> T withFile(URI url, Use<T> use) throws ImportException {
        try (HttpClient client = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .connectTimeout(PATIENCE)
                .proxy(ProxySelector.getDefault())
                .build()) {
            return withFile(client, url, LIMIT, use);
        }
    }

    static <T> T withFile(HttpClient client, URI url, long limit, Use<T> use) throws ImportException {
        if (!"https".equals(url.getScheme())) {
            throw new ImportException(url + ": only https is fetched: what comes otherwise could be anybody's");
        }
        try {
            String path = url.getPath();
            Path file = Files.createTempFile("killswitch-", "-" + path.substring(path.lastIndexOf('/') + 1));
            try {
                fetch(client, url, limit, file);
                return use.use(file);
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new ImportException(url + " cannot be fetched: " + e, e);
        }
    }

    private static void fetch(HttpClient client, URI url, long limit, Path file) throws IOException, ImportException {
        try {
            HttpResponse<InputStream> response = client.send(
                    HttpRequest.newBuilder(url).timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream in = response.body();
                    OutputStream out = Files.newOutputStream(file)) {
                if (response.statusCode() != OK) {
                    throw new ImportException(url + " cannot be fetched: the server says " + response.statusCode());
                }
                copy(in, out, url, limit);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ImportException(url + " was not fetched: interrupted", e);
        }
    }

    private static void copy(InputStream in, OutputStream out, URI url, long limit)
            throws IOException, ImportException {
        byte[] buffer = new byte[BUFFER];
        long total = 0;
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            total += count;
            if (total > limit) {
                throw new ImportException(
                        url + " is larger than " + limit + " bytes: fetch it yourself, if it is right");
            }
            out.write(buffer, 0, count);
        }
    }
}
