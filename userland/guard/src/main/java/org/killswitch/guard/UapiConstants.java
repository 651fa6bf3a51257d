// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.guard;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.killswitch.posix.Errno;

/** Constants that are macros in the kernel's headers: errors, AF_* and their like. */
final class UapiConstants {

    private static final Map<String, Long> VALUES = read();

    private UapiConstants() {}

    static Map<String, Long> values() {
        return VALUES;
    }

    private static Map<String, Long> read() {
        Map<String, Long> values = new LinkedHashMap<>();
        Errno.names()
                .forEach(name ->
                        values.put(name, (long) Errno.ofName(name).orElseThrow().number()));
        try (InputStream in = UapiConstants.class.getResourceAsStream("constants");
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
            String line = lines.readLine();
            while (line != null) {
                int blank = line.indexOf(' ');
                if (blank > 0 && !line.startsWith("#")) {
                    values.put(line.substring(0, blank), Long.parseLong(line.substring(blank + 1)));
                }
                line = lines.readLine();
            }
            return values;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
