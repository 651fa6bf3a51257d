// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.killswitch.fleet.api.Signatures;
import org.killswitch.fleet.api.SignedPolicy;

/** Keys of operators, made by the real ssh-keygen, and the files that say which of them count. */
public final class Keys {

    private final Path folder;

    public Keys(Path folder) throws IOException {
        this.folder = folder;
        Files.writeString(allowed(), "");
    }

    /** Makes a key and allows it, with options as {@code valid-after="20300101"}. */
    public Path allow(String name, String options) throws Exception {
        Path key = stranger(name);
        String line = name + " " + options + (options.isEmpty() ? "" : ",") + "namespaces=\"" + Signatures.NAMESPACE
                + "\" " + publicKey(key);
        Files.writeString(allowed(), Files.readString(allowed()) + line);
        return key;
    }

    /** A key that nobody has allowed. */
    public Path stranger(String name) throws Exception {
        Path key = folder.resolve(name);
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", key.toString());
        return key;
    }

    public void revoke(Path key) throws IOException {
        Files.writeString(revoked(), publicKey(key));
    }

    private static String publicKey(Path key) throws IOException {
        return Files.readString(Path.of(key + ".pub"));
    }

    public Path allowed() {
        return folder.resolve("allowed_signers");
    }

    private Path revoked() {
        return folder.resolve("revoked_keys");
    }

    public Signatures signatures() {
        return new Signatures(allowed(), revoked());
    }

    /** A message, as it is in the store. */
    public static byte[] signed(String policy, Path key) throws Exception {
        return Signatures.sign(policy, key).message();
    }

    /** Signs for another purpose than that of a policy. */
    public byte[] signedForAnotherNamespace(String policy, Path key) throws Exception {
        Path file = folder.resolve("other");
        Files.writeString(file, policy);
        run("ssh-keygen", "-q", "-Y", "sign", "-f", key.toString(), "-n", "git", file.toString());
        return new SignedPolicy(Files.readString(folder.resolve("other.sig")), policy).message();
    }

    /** Runs a program that has to succeed. */
    public static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + ": " + said);
        }
    }
}
