// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab.debian;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.killswitch.lab.Cache;
import org.killswitch.lab.Commands;
import org.killswitch.lab.LabException;

/**
 * The configuration of the lab's apt. Of the machine's own it has only how archives are reached, such as proxies: the
 * machine's hooks do not run, and what it allows of archives without a signature does not hold.
 */
final class AptConfig {

    /** Under which the machine says how archives are reached. */
    private static final Pattern PASSED_ON = Pattern.compile(
            "Acquire::(?!Allow|IndexTargets|Changelogs|cdrom|Languages|PDiffs).*", Pattern.CASE_INSENSITIVE);

    private static final List<String> OWN = List.of(
            "Dir::Etc::Main \"/dev/null\";",
            "Dir::Etc::Parts \"/dev/null\";",
            "Acquire::AllowInsecureRepositories \"false\";",
            "Acquire::AllowWeakRepositories \"false\";",
            "Acquire::AllowDowngradeToInsecureRepositories \"false\";",
            "Acquire::Languages \"none\";",
            "APT::Get::AllowUnauthenticated \"false\";");

    /** Where root's apt is, if the user that it fetches as cannot enter the cache. */
    private static final Path OF_ROOT = Path.of("/var/cache/killswitch");

    /** The user that root's apt fetches as. */
    private static final String SANDBOX_USER = "_apt";

    private AptConfig() {}

    /** Writes the configuration for this machine; what APT_CONFIG is to be. */
    static Path write(Path directory) {
        String dump = Commands.require(
                "asking apt for its configuration", Path.of("/"), "apt-config", "dump", "--format", "%F \"%v\";%n");
        try {
            Files.createDirectories(directory);
            Path unfinished = Files.createTempFile(directory, "apt.conf", "");
            Files.writeString(unfinished, text(dump));
            Files.setAttribute(unfinished, "unix:mode", 0644);
            return Files.move(
                    unfinished,
                    directory.resolve("apt.conf"),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new LabException(directory + " cannot be written: " + e.getMessage(), e);
        }
    }

    /** The configuration for a machine whose own is, line by line, this. */
    static String text(String dump) {
        return Stream.concat(dump.lines().filter(line -> PASSED_ON.matcher(line).matches()), OWN.stream())
                .collect(Collectors.joining("\n", "", "\n"));
    }

    /**
     * The cache that apt's folders are in: root's fetches and unpacks what is not verified yet as a user without privileges,
     * who has to reach it.
     */
    static Cache home(Cache cache) {
        boolean unreachable = System.getProperty("user.name").equals("root") && !isReachableByAll(cache.root());
        return unreachable ? new Cache(OF_ROOT) : cache;
    }

    static boolean isReachableByAll(Path folder) {
        for (Path at = folder.toAbsolutePath(); at != null; at = at.getParent()) {
            // What is yet to be made will be.
            if (Files.exists(at) && !isEnterableByAll(at)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isEnterableByAll(Path folder) {
        try {
            return ((Integer) Files.getAttribute(folder, "unix:mode") & 0001) != 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Gives a folder to the user that root's apt fetches as; without root, or without that user, it fetches as we are. */
    static void openForSandbox(Path folder) throws IOException {
        if (!System.getProperty("user.name").equals("root")) {
            return;
        }
        try {
            Files.setAttribute(
                    folder,
                    "owner:owner",
                    folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(SANDBOX_USER),
                    LinkOption.NOFOLLOW_LINKS);
        } catch (java.nio.file.attribute.UserPrincipalNotFoundException e) {
            return;
        }
    }
}
