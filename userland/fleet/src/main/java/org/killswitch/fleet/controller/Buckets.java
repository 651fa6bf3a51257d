// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.controller;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.KeyValueManagement;
import io.nats.client.api.KeyValueConfiguration;
import io.nats.client.api.StorageType;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.killswitch.fleet.api.Report;
import org.killswitch.fleet.api.SignedPolicy;
import org.killswitch.fleet.api.Store;

/** The buckets of JetStream, which the controller makes where they are missing. */
final class Buckets {

    private static final int HISTORY = 16;
    private static final int MEBIBYTE = 1024 * 1024;

    private Buckets() {}

    /**
     * Makes what is missing.
     *
     * @param lease after which the lock of a controller that died is free
     */
    static void make(Connection connection, Duration lease) throws IOException, JetStreamApiException {
        KeyValueManagement management = connection.keyValueManagement();
        List<String> there = management.getBucketNames();
        // those first that hosts write to: they begin to once they can read the others
        for (KeyValueConfiguration bucket : List.of(
                bucket(Store.HOSTS, 1, Report.MAX).build(),
                bucket(Store.VERDICTS, 1, Report.MAX).build(),
                bucket(Store.POLICY, HISTORY, SignedPolicy.MAX).build(),
                bucket(Store.ROLLOUT, HISTORY, MEBIBYTE).build(),
                bucket(Store.ORDER, HISTORY, MEBIBYTE).build(),
                bucket(Store.LEADER, 1, Report.MAX).ttl(lease).build())) {
            if (!there.contains(bucket.getBucketName())) {
                management.create(bucket);
            }
        }
    }

    private static KeyValueConfiguration.Builder bucket(String name, int history, int valueSize) {
        return KeyValueConfiguration.builder()
                .name(name)
                .maxHistoryPerKey(history)
                .maximumValueSize(valueSize)
                .storageType(StorageType.File);
    }
}
