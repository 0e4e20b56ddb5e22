package bulwark.tasks.signing;

import java.util.function.BiPredicate;

/**
 * One key to verify with. Immutable.
 *
 * @param check canonical bytes and signature bytes to whether the one is of the other
 */
record EnvelopeKey(String algorithm, String id, KeyRule rule, BiPredicate<byte[], byte[]> check) {}
