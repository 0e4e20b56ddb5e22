package bulwark.seats.contract;

/** Bytes of a chain that are not what the ABI of a contract says. The message is a sentence without the bytes. */
public final class AbiRefused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    AbiRefused(String sentence) {
        super(sentence);
    }
}
