package bulwark.kernel.tls;

/** TLS material that must not be used; the message names the file and the remedy. */
public final class TlsRefused extends RuntimeException {
    public TlsRefused(String message) {
        super(message);
    }
}
