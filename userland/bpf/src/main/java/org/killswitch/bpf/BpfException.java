package org.killswitch.bpf;

/** Something about BPF was refused or failed; the message is one line: what, why, and what to do. */
public class BpfException extends Exception {

    private static final long serialVersionUID = 1L;

    BpfException(String message) {
        super(message);
    }
}
