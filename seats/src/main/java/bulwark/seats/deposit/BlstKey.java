package bulwark.seats.deposit;

import java.util.Objects;
import supranational.blst.P1;
import supranational.blst.P2;
import supranational.blst.SecretKey;

/** A secret key in the native library, derived by EIP-2333. Not for several threads. */
final class BlstKey {
    private static final int MIN_SEED_BYTES = 32;
    private static final int MAX_SEED_BYTES = 64;
    private static final long MAX_INDEX = (1L << 32) - 1;
    private static final int ROOT_BYTES = 32;

    private final SecretKey key;

    private BlstKey(SecretKey key) {
        this.key = key;
    }

    /** @param seed 32 to 64 bytes @param path indexes from 0 to 2^32-1 */
    static BlstKey derive(byte[] seed, long... path) {
        if (seed.length < MIN_SEED_BYTES || seed.length > MAX_SEED_BYTES) {
            throw new IllegalArgumentException("a seed has 32 to 64 bytes");
        }
        SecretKey key = new SecretKey();
        key.derive_master_eip2333(seed);
        for (long index : path) {
            if (index < 0 || index > MAX_INDEX) {
                throw new IllegalArgumentException("an index of a path has 32 bits");
            }
            SecretKey child = new SecretKey();
            child.derive_child_eip2333(key, index);
            key = child;
        }
        return new BlstKey(key);
    }

    /** 32 bytes, the highest first. */
    byte[] secret() {
        return key.to_bendian();
    }

    byte[] pubkey() {
        return new P1(key).to_affine().compress();
    }

    /** @param root 32 bytes */
    byte[] sign(byte[] root) {
        if (Objects.requireNonNull(root).length != ROOT_BYTES) {
            throw new IllegalArgumentException("a root has 32 bytes");
        }
        return new P2()
                .hash_to(root, Blst.PROOF_OF_POSSESSION, new byte[0])
                .sign_with(key)
                .to_affine()
                .compress();
    }
}
