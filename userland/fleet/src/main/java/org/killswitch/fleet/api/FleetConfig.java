// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.api;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.killswitch.catalogue.EntryException;
import org.killswitch.catalogue.YamlMapping;
import org.killswitch.policy.PolicyException;

/**
 * The configuration of an agent, a controller or an operator.
 *
 * @param name of the host; of an operator or a controller, the name that events are to have
 * @param server as tls://name:4222; several are separated by commas
 * @param ca the certificates of the authority that both sides trust
 * @param certificate one's own
 * @param key its private key, PKCS #8
 * @param signatures who may sign a policy
 * @param state the file of an agent's state
 * @param web what a controller serves; empty: nothing
 */
public record FleetConfig(
        String name,
        Map<String, String> labels,
        String server,
        Path ca,
        Path certificate,
        Path key,
        Signatures signatures,
        Path state,
        Optional<WebConfig> web) {

    private static final String FOLDER = "/etc/killswitch/fleet/";
    private static final int LABELS_MAX = 16;

    public FleetConfig {
        labels = Map.copyOf(labels);
    }

    public static FleetConfig read(Path file) throws PolicyException {
        try {
            YamlMapping yaml = YamlMapping.ofFile(file, Files.readString(file));
            Map<String, String> labels = FleetPolicyReader.labelsOf(yaml);
            if (labels.size() > LABELS_MAX) {
                throw yaml.error("labels", "a host has at most " + LABELS_MAX + " labels");
            }
            FleetConfig config = new FleetConfig(
                    yaml.parsed(
                            "name",
                            t -> Optional.of(t).filter(Member::isName),
                            "a name: up to 63 letters, digits, dashes and underscores; the user of the NATS server"),
                    labels,
                    yaml.text("server"),
                    path(yaml, "ca", FOLDER + "ca.pem"),
                    path(yaml, "certificate", FOLDER + "certificate.pem"),
                    path(yaml, "key", FOLDER + "key.pem"),
                    new Signatures(
                            path(yaml, "allowed-signers", FOLDER + "allowed_signers"),
                            path(yaml, "revoked-keys", FOLDER + "revoked_keys")),
                    path(yaml, "state", "/var/lib/killswitch/fleet.json"),
                    yaml.optionalMapping("web", WebConfig::read));
            yaml.rejectTheRest();
            return config;
        } catch (EntryException e) {
            throw new PolicyException(String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new PolicyException(file + " cannot be read: " + e, e);
        }
    }

    private static Path path(YamlMapping yaml, String key, String otherwise) throws EntryException {
        return Path.of(yaml.optionalText(key).orElse(otherwise));
    }
}
