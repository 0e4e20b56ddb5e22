package bulwark.kernel.signing;

import java.security.SecureRandom;

/** Not random at all: hands out one given seed, from which the JDK then makes the same key each time. */
@SuppressWarnings("serial")
final class SeedAsRandomness extends SecureRandom {
    private final transient byte[] seed;

    SeedAsRandomness(byte[] seed) {
        this.seed = seed;
    }

    @Override
    public void nextBytes(byte[] bytes) {
        if (bytes.length != seed.length) {
            throw new IllegalStateException("the JDK asked for other randomness than a seed");
        }
        System.arraycopy(seed, 0, bytes, 0, bytes.length);
    }
}
