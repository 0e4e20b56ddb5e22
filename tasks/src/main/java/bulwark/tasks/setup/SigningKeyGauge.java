package bulwark.tasks.setup;

import bulwark.kernel.metrics.MetricDescription;
import bulwark.kernel.metrics.Metrics;
import bulwark.tasks.signing.EnvelopeSigning;
import bulwark.tasks.signing.KeyPurpose;

/** Which key a process signs with: 1 for it, 0 for those before it. What rotates keys sees by this that a process has changed over. */
final class SigningKeyGauge {
    private static final String NAME = "stem_signing_key";
    static final MetricDescription DESCRIPTION = MetricDescription.gauge(
            NAME, "1 for the key that this process signs with, 0 for a former one", "purpose", "key");

    private SigningKeyGauge() {}

    /** The key in use now gets its gauge, if it has none. Call after each change of keys. */
    static void register(EnvelopeSigning signing, Metrics metrics) {
        for (KeyPurpose purpose : KeyPurpose.values()) {
            EnvelopeSigning own = signing.forPurpose(purpose);
            own.signingKeyId()
                    .ifPresent(id -> metrics.gauge(
                            NAME,
                            () -> own.signingKeyId().filter(id::equals).isPresent() ? 1 : 0,
                            "purpose",
                            purpose.word(),
                            "key",
                            id));
        }
    }
}
