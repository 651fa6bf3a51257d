// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.fleet.controller;

import io.nats.client.JetStreamApiException;
import io.nats.client.KeyValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.killswitch.fleet.api.Store;

/**
 * The lock of the controller that leads: an entry that JetStream forgets unless it is written again, by the revision that
 * its owner wrote last. It keeps two from working against each other; that none of them overwrites what the other has
 * decided is up to the revision of the roll-out.
 */
final class Lock {

    private final KeyValue bucket;
    private final byte[] owner;
    private final long renewal;
    private long revision;
    private long renewedAt;

    Lock(KeyValue bucket, String owner, Duration lease) {
        this.bucket = bucket;
        this.owner = owner.getBytes(StandardCharsets.UTF_8);
        renewal = lease.toNanos() / 3;
    }

    /** Whether this controller leads, which it tries to. */
    boolean isHeld(long now) throws IOException {
        try {
            if (revision == 0) {
                revision = bucket.create(Store.LEADER_KEY, owner);
                renewedAt = now;
            } else if (now - renewedAt > renewal) {
                revision = bucket.update(Store.LEADER_KEY, owner, revision);
                renewedAt = now;
            }
        } catch (JetStreamApiException e) {
            revision = 0; // somebody else has it
        }
        return revision != 0;
    }
}
