// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.status;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.killswitch.control.log.Origin;

/** The names of users, as /etc/passwd has them: passwd(5). */
final class Users {

    private final Map<Long, String> names = new HashMap<>();

    /** Reads the file; whom it does not name, or if it cannot be read, has no name here. */
    Users(Path passwd) {
        try {
            for (String line : Files.readAllLines(passwd, StandardCharsets.ISO_8859_1)) {
                String[] fields = line.split(":", -1);
                if (fields.length > 2 && fields[2].matches("\\d{1,10}")) {
                    names.putIfAbsent(Long.parseLong(fields[2]), fields[0]);
                }
            }
        } catch (IOException e) {
            names.clear();
        }
    }

    Optional<String> name(long uid) {
        return Optional.ofNullable(names.get(uid));
    }

    /** Somebody by name, or as "uid 1000" where there is none. */
    String nameOrUid(long uid) {
        return name(uid).orElseGet(() -> "uid " + uid);
    }

    /** Who engaged something, for a person. */
    String by(Origin.By by) {
        // No switch over the types: it is code that the JVM makes anew at every start, which takes it 10 ms.
        return by instanceof Origin.Operator operator
                ? nameOrUid(operator.loginUid().orElse(operator.uid())) + " (" + operator.comm() + ")"
                : "module parameter";
    }
}
