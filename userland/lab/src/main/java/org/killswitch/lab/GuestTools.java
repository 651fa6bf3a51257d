// SPDX-License-Identifier: GPL-2.0-or-later
package org.killswitch.lab;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.killswitch.host.Distribution;
import org.killswitch.host.SystemFiles;
import org.killswitch.lab.qemu.Emulator;
import org.killswitch.posix.Architecture;

/** What every guest takes of this machine: QEMU, and a busybox that needs no libraries, since the guest has none. */
public final class GuestTools {

    private static final int MAGIC = 0x464c457f;
    private static final int START = 64;
    private static final int HEADERS_AT = 32;
    private static final int HEADER_SIZE_AT = 54;
    private static final int HEADER_COUNT_AT = 56;
    private static final int HEADER_SIZE = 56;

    /** The header that names the program's loader. */
    private static final int PT_INTERP = 3;

    private GuestTools() {}

    /**
     * Says what is missing, before anything is made for a guest.
     *
     * @throws LabException with the packages to install
     */
    public static void require(Architecture architecture) {
        emulator(architecture);
        busybox();
    }

    /** QEMU's program. */
    public static Path emulator(Architecture architecture) {
        return findEmulator(architecture).orElseThrow(() -> missing(architecture));
    }

    /** A busybox for this machine's architecture. */
    public static Path busybox() {
        return findBusybox().orElseThrow(() -> missing(Architecture.host()));
    }

    private static Optional<Path> findEmulator(Architecture architecture) {
        return Commands.find(Emulator.of(architecture).program());
    }

    private static Optional<Path> findBusybox() {
        return Commands.find("busybox").filter(GuestTools::needsNoLibraries);
    }

    private static LabException missing(Architecture architecture) {
        Distribution distribution = Distribution.of(new SystemFiles(Path.of("/")));
        List<String> programs = new ArrayList<>();
        List<String> packages = new ArrayList<>();
        if (findEmulator(architecture).isEmpty()) {
            programs.add(Emulator.of(architecture).program());
            packages.add(distribution.qemu(architecture));
        }
        // a guest of another architecture has one from a package
        if (architecture.isHost() && findBusybox().isEmpty()) {
            programs.add(
                    Commands.find("busybox").isPresent()
                            ? "a busybox that needs no libraries (the one here does)"
                            : "busybox");
            packages.add(distribution.busybox());
        }
        return new LabException("a guest takes " + String.join(" and ", programs) + ", not found here: "
                + distribution.install(String.join(" ", packages)));
    }

    /** Whether an ELF file of 64 bits names no loader. */
    static boolean needsNoLibraries(Path program) {
        try (FileChannel file = FileChannel.open(program)) {
            ByteBuffer elf = read(file, 0, START);
            if (elf.getInt(0) != MAGIC || elf.getShort(HEADER_SIZE_AT) != HEADER_SIZE) {
                return false;
            }
            int count = Short.toUnsignedInt(elf.getShort(HEADER_COUNT_AT));
            ByteBuffer headers = read(file, elf.getLong(HEADERS_AT), count * HEADER_SIZE);
            for (int i = 0; i < count; i++) {
                if (headers.getInt(i * HEADER_SIZE) == PT_INTERP) {
                    return false;
                }
            }
            return true;
        } catch (IOException | IndexOutOfBoundsException | IllegalArgumentException e) {
            return false; // no program that a guest could start
        }
    }

    private static ByteBuffer read(FileChannel file, long at, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining() && file.read(bytes, at + bytes.position()) > 0) {}
        return bytes.flip();
    }
}
