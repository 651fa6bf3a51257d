// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.catalogue.data;

import java.io.IOException;
import java.io.InputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/** Opens files of JSON, and turns a parser's errors into ours. */
final class JsonFiles {

    /** What is read may be a member of an archive, which goes on after it. */
    private static final JsonFactory FACTORY =
            JsonFactory.builder().disable(StreamReadFeature.AUTO_CLOSE_SOURCE).build();

    /** Does something with a parser that stands on the first token. */
    @FunctionalInterface
    interface Reader<T> {
        T read(JsonParser in) throws ImportException;
    }

    private JsonFiles() {}

    static Object read(String name, InputStream content) throws IOException, ImportException {
        return read(name, content, Json::read);
    }

    static <T> T read(String name, InputStream content, Reader<T> reader) throws IOException, ImportException {
        try (JsonParser in = FACTORY.createParser(ObjectReadContext.empty(), content)) {
            if (in.nextToken() == null) {
                throw new ImportException(name + " is empty");
            }
            return reader.read(in);
        } catch (JacksonException e) {
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw new ImportException(
                    name + ":" + e.getLocation().getLineNr() + ": not JSON: " + e.getOriginalMessage(), e);
        }
    }
}
