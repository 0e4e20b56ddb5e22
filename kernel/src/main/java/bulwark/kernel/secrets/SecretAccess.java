package bulwark.kernel.secrets;

/** The capability to see secret bytes. A search for {@code SecretAccess.grant} lists every place that handles raw keys. */
public final class SecretAccess {
    private static final SecretAccess INSTANCE = new SecretAccess();

    private SecretAccess() {}

    public static SecretAccess grant() {
        return INSTANCE;
    }
}
