package bulwark.kernel.storage;

/** Another process, or another part of this one, has the file open. */
public final class StoreInUse extends StoreRefused {
    StoreInUse(String message) {
        super(message);
    }
}
