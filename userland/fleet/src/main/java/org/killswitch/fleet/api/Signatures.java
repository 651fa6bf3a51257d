// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.killswitch.policy.PolicyException;

/**
 * Signatures by ssh-keygen(1): operators have such keys, in hardware too.
 *
 * @param allowedSigners which key is whose, and from when to when, as ssh-keygen(1) says
 * @param revoked keys that count no more: a list of public keys, or a KRL; the file need not exist
 */
public record Signatures(Path allowedSigners, Path revoked) {

    /** Nobody takes the signature of another thing for one of a policy. */
    public static final String NAMESPACE = "killswitch-fleet";

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** The exit statuses that ssh-keygen has of its own; others are the dynamic loader's (127) or a signal's. */
    private static final Set<Integer> VERDICTS = Set.of(0, 1, 255);

    private record Result(int status, String out, String err) {}

    /** Signs a policy with a private key, or with the public one of a key that an agent or a token holds. */
    public static SignedPolicy sign(String policy, Path key) throws PolicyException {
        Result result = run(List.of("-Y", "sign", "-q", "-f", key.toString(), "-n", NAMESPACE), policy);
        if (result.status != 0) {
            throw new PolicyException("cannot sign with " + key + ": " + lastLine(result));
        }
        return SignedPolicy.of((result.out + policy).getBytes(StandardCharsets.UTF_8));
    }

    /** Who has signed a policy; refuses what nobody has signed who may. */
    public String signer(SignedPolicy signed) throws PolicyException {
        // an unreadable file is not one that allows nobody
        if (!Files.isReadable(allowedSigners)) {
            throw new PolicyException("refused: " + allowedSigners + " cannot be read: nothing says who may sign");
        }
        Path signature = null;
        try {
            signature = Files.createTempFile("killswitch-fleet", ".sig");
            Files.writeString(signature, signed.signature());
            String principal = principal(signature);
            List<String> verify = new ArrayList<>(List.of("-Y", "verify", "-f", allowedSigners.toString()));
            verify.addAll(List.of("-I", principal, "-n", NAMESPACE, "-s", signature.toString()));
            if (Files.exists(revoked)) {
                verify.addAll(List.of("-r", revoked.toString()));
            }
            Result result = run(verify, signed.policy());
            if (result.status != 0) {
                throw new PolicyException(
                        "refused: the signature is not that of " + principal + " for this policy: " + lastLine(result));
            }
            return principal;
        } catch (IOException e) {
            throw new PolicyException("refused: the signature cannot be checked: " + e.getMessage(), e);
        } finally {
            delete(signature);
        }
    }

    private static void delete(@Nullable Path file) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String principal(Path signature) throws PolicyException {
        Result result =
                run(List.of("-Y", "find-principals", "-f", allowedSigners.toString(), "-s", signature.toString()), "");
        Optional<String> first = result.out.lines().findFirst();
        if (result.status != 0 || first.isEmpty()) {
            throw new PolicyException(
                    "refused: no key that " + allowedSigners + " allows today has signed it: " + lastLine(result));
        }
        return first.get();
    }

    private static String lastLine(Result result) {
        String said = (result.out + "\n" + result.err).strip();
        return said.substring(said.lastIndexOf('\n') + 1);
    }

    private static Result run(List<String> arguments, String input) throws PolicyException {
        List<String> command = new ArrayList<>(List.of("ssh-keygen"));
        command.addAll(arguments);
        Process process;
        try {
            process = new ProcessBuilder(command).start();
        } catch (IOException e) {
            throw new PolicyException("ssh-keygen cannot be run; install openssh-client: " + e.getMessage(), e);
        }
        try {
            CompletableFuture<String> out = CompletableFuture.supplyAsync(() -> text(process.getInputStream()));
            CompletableFuture<String> err = CompletableFuture.supplyAsync(() -> text(process.getErrorStream()));
            write(process, input);
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new PolicyException("ssh-keygen does not come to an end");
            }
            Result result = new Result(process.exitValue(), out.join(), err.join());
            if (!VERDICTS.contains(result.status)) {
                throw new PolicyException(
                        "ssh-keygen does not work here, exit status " + result.status + ": " + lastLine(result));
            }
            return result;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PolicyException("interrupted", e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static void write(Process process, String input) {
        try (OutputStream in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // It has ended without reading all of it, and says why.
        }
    }

    private static String text(InputStream stream) {
        try {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }
}
