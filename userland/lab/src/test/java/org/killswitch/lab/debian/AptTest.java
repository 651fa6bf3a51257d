// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab.debian;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.killswitch.lab.Commands;

final class AptTest {

    private static final String MACHINE = """
            APT "";
            APT::Sandbox::User "root";
            APT::Update::Post-Invoke "";
            APT::Update::Post-Invoke:: "rm -f /var/cache/apt/archives/*.deb";
            APT::Update::Post-Invoke-Success:: "appstreamcli refresh";
            DPkg::Post-Invoke:: "true";
            Acquire "";
            Acquire::AllowInsecureRepositories "1";
            Acquire::allowdowngradetoinsecurerepositories "1";
            Acquire::IndexTargets::deb::DEP-11::MetaKey "$(COMPONENT)/dep11/Components-$(NATIVE_ARCHITECTURE).yml";
            Acquire::Check-Valid-Until "false";
            Acquire::http::Proxy "http://proxy.example:3128";
            Acquire::https::Proxy::archive.example "DIRECT";
            """;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void ofTheMachineOnlyHowArchivesAreReachedIsPassedOn() {
        assertThat(AptConfig.text(MACHINE).lines())
                .contains(
                        "Acquire::http::Proxy \"http://proxy.example:3128\";",
                        "Acquire::https::Proxy::archive.example \"DIRECT\";",
                        "Acquire::Check-Valid-Until \"false\";")
                .noneMatch(line -> line.contains("Invoke"))
                .noneMatch(line -> line.contains("Sandbox"))
                .noneMatch(line -> line.contains("IndexTargets"))
                .noneMatch(line -> line.matches("(?i)Acquire::Allow.*\"1\";"));
    }

    /** What apt itself makes of it, on this machine. */
    @Test
    void aptReadsNothingElse() throws IOException {
        Path hostile = Files.writeString(folder.resolve("hostile.conf"), MACHINE);
        assertThat(dump(hostile)).contains("APT::Update::Post-Invoke");
        String own = dump(AptConfig.write(folder.resolve("apt")));
        assertThat(own)
                .contains("Dir::Etc::parts \"/dev/null\";", "Acquire::AllowInsecureRepositories \"false\";")
                .doesNotContain("Post-Invoke", "Pre-Invoke", "Sandbox::User \"root\"");
    }

    private static String dump(Path config) {
        return Commands.require("asking apt", Path.of("/"), "env", "APT_CONFIG=" + config, "apt-config", "dump");
    }

    @Test
    void aFolderIsReachableIfAllAboveItAre() throws IOException {
        Path closed = Files.createDirectory(folder.resolve("closed"));
        Files.setAttribute(closed, "unix:mode", 0700);
        assertThat(AptConfig.isReachableByAll(closed.resolve("not/there/yet"))).isFalse();
        assertThat(AptConfig.isReachableByAll(Path.of("/usr/share/not/there/yet")))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "http://deb.example/debian Debian,          http://deb.example/debian",
        "http://deb.example/debian/ Debian,         http://deb.example/debian/",
        "http://proxy.example/some/mirror Debian,   http://proxy.example/some/mirror",
        "http://other.example/ubuntu Ubuntu,",
        "http://deb.example/debian-security Debian-Security,",
    })
    void theArchiveIsKnownByItsPathOrLabel(String target, String mirror) {
        assertThat(Apt.mirror("http://first.example/x X\n" + target + "\n", "debian", "Debian")
                        .orElse(null))
                .isEqualTo(mirror);
    }

    @Test
    void backportsAreMadeForTheirSuite() {
        assertThat(Apt.base("bookworm-backports")).isEqualTo("bookworm");
        assertThat(Apt.base("trixie")).isEqualTo("trixie");
    }
}
