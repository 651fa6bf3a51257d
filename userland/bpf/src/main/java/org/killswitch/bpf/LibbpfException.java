package org.killswitch.bpf;

/** A call of libbpf or of libc failed; carries the errno as it was, and in words what the C library says of it. */
final class LibbpfException extends BpfException {

    static final int EPERM = 1;
    static final int ENOENT = 2;
    static final int EACCES = 13;
    static final int EEXIST = 17;
    static final int EINVAL = 22;

    private static final long serialVersionUID = 1L;

    private final int errno;

    LibbpfException(String what, int errno) {
        super(what + ": " + Native.describe(errno));
        this.errno = errno;
    }

    int errno() {
        return errno;
    }
}
