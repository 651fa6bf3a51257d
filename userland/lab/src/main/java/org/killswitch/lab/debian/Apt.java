// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab.debian;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.killswitch.lab.Cache;
import org.killswitch.lab.Commands;
import org.killswitch.lab.KernelRelease;
import org.killswitch.lab.LabException;
import org.killswitch.posix.Architecture;

/**
 * Debian's archive for one suite, through apt with lists and a configuration of its own: nothing of the machine's package
 * state is read or changed, nothing is installed, and none of its hooks runs. The mirrors are those that the machine's apt
 * is configured with.
 */
public final class Apt {
    private static final Path KEYRING = Path.of("/usr/share/keyrings/debian-archive-keyring.gpg");
    private static final Path ROOT = Path.of("/");

    private final Cache cache;
    private final Architecture architecture;
    private final String name;
    private final Path directory;
    private final List<String> sources;
    private @Nullable Path config;

    /**
     * @param architecture of the packages that names without one mean; the others are "NAME:ARCHITECTURE"
     */
    public Apt(Cache cache, String suite, boolean security, Architecture architecture) {
        this(cache, suite + (security ? "-with-security" : ""), architecture, sources(suite, security));
    }

    /** With any sources; {@code lists} names the folder that this combination of them has for itself. */
    private Apt(Cache cache, String lists, Architecture architecture, List<String> sources) {
        this.cache = AptConfig.home(cache);
        this.architecture = architecture;
        this.sources = sources;
        name = "apt/" + lists + (architecture.isHost() ? "" : "-" + architecture.debian());
        directory = this.cache.root().resolve(name);
    }

    /** A suite together with the one that its packages are made for, which has what they depend on. */
    public static Apt complete(Cache cache, String suite, Architecture architecture) {
        List<String> suites = Stream.of(suite, base(suite)).distinct().toList();
        List<String> sources =
                suites.stream().flatMap(s -> sources(s, false).stream()).toList();
        return new Apt(cache, String.join("-and-", suites), architecture, sources);
    }

    /** The suite that another one's packages are made for. */
    public static String base(String suite) {
        return suite.replaceFirst("-backports$", "");
    }

    public Apt(Cache cache, KernelRelease release) {
        this(cache, release.suite(), release.security(), release.architecture());
    }

    /** The cache that the lists and downloads of a lab with this cache are in. */
    public static Cache home(Cache cache) {
        return AptConfig.home(cache);
    }

    private static String archive() {
        return mirror("debian", "Debian")
                .orElseThrow(() -> new LabException("apt has no Debian archive configured: add one to its sources"));
    }

    /** The lines of sources.list for a suite. */
    public static List<String> sources(String suite, boolean security) {
        List<String> sources = new ArrayList<>();
        String options = Files.isReadable(KEYRING) ? "[signed-by=" + KEYRING + "] " : "";
        sources.add("deb " + options + archive() + " " + suite + " main");
        if (security) {
            mirror("debian-security", "Debian-Security")
                    .ifPresent(uri -> sources.add("deb " + options + uri + " " + suite + "-security main"));
        }
        return sources;
    }

    /** The address of an archive in apt's own configuration, known by the end of its path or by its label. */
    private static Optional<String> mirror(String path, String label) {
        String targets = Commands.require(
                "asking apt for its mirrors",
                ROOT,
                "apt-get",
                "indextargets",
                "--format",
                "$(REPO_URI) $(LABEL)",
                "Created-By: Packages");
        return mirror(targets, path, label);
    }

    /** The first address with such a path or label, of lines with an address and a label each. */
    static Optional<String> mirror(String targets, String path, String label) {
        return targets.lines()
                .map(l -> l.split(" ", 2))
                .filter(t -> t[0].replaceFirst("/+$", "").endsWith("/" + path) || (t.length > 1 && t[1].equals(label)))
                .map(t -> t[0])
                .findFirst();
    }

    private List<String> command(String program, String... arguments) {
        if (config == null) {
            config = AptConfig.write(directory);
        }
        List<String> command = new ArrayList<>(List.of(
                "env",
                "APT_CONFIG=" + config,
                program,
                "-o",
                "Dir::State=" + directory.resolve("state"),
                "-o",
                "Dir::State::Lists=" + directory.resolve("lists"),
                "-o",
                // Empty. Beside it apt puts the lock of dpkg's database, so that it must be no other's folder.
                "Dir::State::Status=" + directory.resolve("state/status"),
                "-o",
                "Dir::Etc::SourceList=" + directory.resolve("sources.list"),
                "-o",
                "Dir::Etc::SourceParts=/dev/null",
                "-o",
                "Dir::Etc::Preferences=/dev/null",
                "-o",
                "Dir::Etc::PreferencesParts=/dev/null",
                "-o",
                "Dir::Cache=" + directory.resolve("cache"),
                "-o",
                "APT::Architecture=" + architecture.debian(),
                "-o",
                // and that of this machine, which runs what builds something for them
                "APT::Architectures=" + architecture.debian() + ","
                        + Architecture.host().debian(),
                "-o",
                "Acquire::Retries=3"));
        command.addAll(List.of(arguments));
        return command;
    }

    /** Fetches the lists of packages. */
    public void update() {
        cache.locked(name, () -> {
            updateLocked();
            return this;
        });
    }

    private void updateLocked() {
        try {
            for (String part : List.of("state", "lists/partial", "cache/archives/partial")) {
                Files.createDirectories(directory.resolve(part));
            }
            Files.write(directory.resolve("state/status"), new byte[0]);
            Files.write(directory.resolve("sources.list"), sources);
        } catch (IOException e) {
            throw new LabException("the cache in " + directory + " cannot be written: " + e.getMessage(), e);
        }
        Cache.used(directory);
        Commands.require("fetching Debian's package lists", directory, command("apt-get", "update", "--error-on=any"));
    }

    /** A field of the newest version of a package. */
    public String field(String packageName, String field) {
        // Another run may be fetching the lists.
        String record = cache.locked(
                name,
                () -> Commands.require(
                        "looking up package " + packageName,
                        directory,
                        command("apt-cache", "show", "--no-all-versions", packageName)));
        Matcher m = Pattern.compile("^" + field + ": (.*)$", Pattern.MULTILINE).matcher(record);
        if (!m.find()) {
            throw new LabException("package " + packageName + " has no field " + field);
        }
        return m.group(1);
    }

    /** Whether the suite has a package of that name. */
    public boolean has(String packageName) {
        // A package that others only name is shown without an error and without a record.
        return cache.locked(name, () -> Commands.run(directory, command("apt-cache", "show", packageName)))
                .output()
                .startsWith("Package: ");
    }

    /** The names of the packages that a package depends on, alternatives included. */
    public Set<String> depends(String packageName) {
        Set<String> names = new LinkedHashSet<>();
        for (String dependency : field(packageName, "Depends").split("[,|]", -1)) {
            names.add(dependency.strip().replaceFirst("[ :(].*", ""));
        }
        return names;
    }

    /** Downloads packages into a folder and unpacks them below it. */
    public void unpack(List<String> packages, Path into) {
        List<String> download = command("apt-get", "download");
        download.addAll(packages);
        cache.locked(name, () -> {
            Path downloads = downloads();
            Commands.require("downloading " + String.join(", ", packages), downloads, download);
            unpackAll(downloads, into);
            return this;
        });
    }

    /** A folder that apt may download to, empty. */
    private Path downloads() {
        Path folder = directory.resolve("downloads");
        try {
            Cache.delete(folder);
            Files.createDirectories(folder);
            AptConfig.openForSandbox(folder);
            return folder;
        } catch (IOException e) {
            throw new LabException(folder + " cannot be made: " + e.getMessage(), e);
        }
    }

    /** The same with all packages that these depend on, as if nothing were installed. */
    public void unpackWithDependencies(List<String> packages, Path into) {
        List<String> download = command("apt-get", "install", "--download-only", "--yes", "--no-install-recommends");
        download.addAll(packages);
        cache.locked(name, () -> {
            Commands.require("downloading " + String.join(", ", packages), into, download);
            unpackAll(directory.resolve("cache/archives"), into);
            return this;
        });
    }

    /**
     * Downloads a package that is no longer in the suite's index, and unpacks it.
     *
     * @param source the source package that it was built from
     * @param sha256 what the file must be
     */
    public void unpackUnindexed(String source, String file, String sha256, Path into) {
        String uri = archive().replaceFirst("/+$", "") + "/pool/main/" + source.charAt(0) + "/" + source + "/" + file;
        cache.locked(name, () -> {
            Path downloads = downloads();
            Commands.require(
                    "downloading " + file,
                    downloads,
                    command(
                            "/usr/lib/apt/apt-helper",
                            "download-file",
                            uri,
                            downloads.resolve(file).toString(),
                            "SHA256:" + sha256));
            unpackAll(downloads, into);
            return this;
        });
    }

    private static void unpackAll(Path from, Path into) {
        try (var debs = Files.newDirectoryStream(from, "*.deb")) {
            for (Path deb : debs) {
                Commands.require(
                        "unpacking " + deb.getFileName(), into, "dpkg-deb", "-x", deb.toString(), into.toString());
                Files.delete(deb);
            }
        } catch (IOException e) {
            throw new LabException("packages cannot be unpacked in " + into + ": " + e.getMessage(), e);
        }
    }
}
