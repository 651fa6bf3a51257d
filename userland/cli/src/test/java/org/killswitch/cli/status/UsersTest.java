// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.cli.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class UsersTest {

    @Test
    void usersHaveNamesWherePasswdSaysSo(@TempDir Path dir) throws IOException {
        Path passwd = Files.writeString(
                dir.resolve("passwd"),
                "root:x:0:0:root:/:/bin/sh\ntoor:x:0:0::/:/bin/sh\n\n+\nodd:x:1a:\nme:x:1000:\n");
        Users users = new Users(passwd);
        assertThat(users.name(0)).contains("root");
        assertThat(users.name(1000)).contains("me");
        assertThat(users.name(1)).isEmpty();
        assertThat(new Users(dir.resolve("absent")).name(0)).isEmpty();
    }
}
