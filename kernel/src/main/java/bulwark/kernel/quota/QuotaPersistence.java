package bulwark.kernel.quota;

import bulwark.kernel.storage.Store;

/** Carries buckets over a restart, so that a restart is no way round a quota: saves changed buckets every few seconds and at close. */
public final class QuotaPersistence implements AutoCloseable {
    private QuotaPersistence() {}

    public static QuotaPersistence restore(Quotas quotas, Store store) {
        throw new UnsupportedOperationException("skeleton");
    }

    @Override
    public void close() {}
}
