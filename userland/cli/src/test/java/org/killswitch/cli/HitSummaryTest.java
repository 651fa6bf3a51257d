package org.killswitch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.killswitch.control.Hit;
import org.killswitch.control.Retval;
import org.killswitch.control.SymbolName;

final class HitSummaryTest {

    private static Hit hit(String symbol, Hit.Context context, long pid) {
        return new Hit(new SymbolName(symbol), new Retval(-1), context, pid, 0, "c" + pid);
    }

    @Test
    void mostHitsComeFirstAndInterruptsAreNobodys() {
        assertThat(HitSummary.of(List.of(
                        hit("f", Hit.Context.TASK, 1),
                        hit("g", Hit.Context.TASK, 2),
                        hit("g", Hit.Context.TASK, 2),
                        hit("f", Hit.Context.SOFTIRQ, 1),
                        hit("f", Hit.Context.SOFTIRQ, 2),
                        hit("f", Hit.Context.SOFTIRQ, 3))))
                .extracting(
                        r -> r.count() + " " + r.hit().symbol() + " " + r.hit().pid())
                .containsExactly("3 f 0", "2 g 2", "1 f 1");
    }

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
