package bulwark.seats.deposit;

import bulwark.seats.deposit.BlsVerifier.SignedRoot;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;
import supranational.blst.BLST_ERROR;
import supranational.blst.P1_Affine;
import supranational.blst.P2_Affine;
import supranational.blst.Pairing;

/**
 * The native library, keys in G1 and signatures in G2. A null that reaches it takes the process along, so nothing does: every argument is
 * looked at here and in {@link BlstKey}, and no other class names the library. Not for several threads.
 */
final class Blst {
    /** The ciphersuite of the beacon chain. */
    static final String PROOF_OF_POSSESSION = "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_";

    private static final int SCALAR_BITS = 64;

    private final String ciphersuite;
    private final RandomGenerator random;

    /** @param random cannot be guessed by who makes signatures: with it a batch is weighed */
    Blst(String ciphersuite, RandomGenerator random) {
        this.ciphersuite = Objects.requireNonNull(ciphersuite);
        this.random = random;
    }

    /** Key and signature as points of their groups, and not the identity. */
    private record Points(P1_Affine key, P2_Affine signature) {}

    private static Optional<Points> points(byte[] pubkey, byte[] signature) {
        if (pubkey.length != 48 || signature.length != 96) {
            return Optional.empty();
        }
        try {
            P1_Affine key = new P1_Affine(pubkey);
            P2_Affine point = new P2_Affine(signature);
            return key.is_inf() || point.is_inf() || !key.in_group() || !point.in_group()
                    ? Optional.empty()
                    : Optional.of(new Points(key, point));
        } catch (RuntimeException notEncodedSo) {
            return Optional.empty();
        }
    }

    boolean verify(byte[] pubkey, byte[] signature, byte[] message) {
        Objects.requireNonNull(message);
        return points(pubkey, signature).map(points -> verify(points, message)).orElse(false);
    }

    private boolean verify(Points points, byte[] message) {
        return points.signature().core_verify(points.key(), true, message, ciphersuite, new byte[0])
                == BLST_ERROR.BLST_SUCCESS;
    }

    /** One verdict for each; one pairing for all when all are good. */
    List<Boolean> verify(List<SignedRoot> batch) {
        if (batch.size() > 1 && allGood(batch)) {
            return batch.stream().map(each -> true).toList();
        }
        return batch.stream()
                .map(each -> verify(each.pubkey(), each.signature(), each.root()))
                .toList();
    }

    private boolean allGood(List<SignedRoot> batch) {
        List<Points> points = new ArrayList<>();
        for (SignedRoot each : batch) {
            Optional<Points> found = points(each.pubkey(), each.signature());
            if (found.isEmpty()) {
                return false;
            }
            points.add(found.get());
        }
        Pairing pairing = new Pairing(true, ciphersuite);
        for (int i = 0; i < points.size(); i++) {
            BLST_ERROR added = pairing.mul_n_aggregate(
                    points.get(i).key(),
                    points.get(i).signature(),
                    scalar(),
                    batch.get(i).root(),
                    new byte[0]);
            if (added != BLST_ERROR.BLST_SUCCESS) {
                return false;
            }
        }
        pairing.commit();
        return pairing.finalverify();
    }

    private BigInteger scalar() {
        byte[] bytes = new byte[SCALAR_BITS / 8];
        random.nextBytes(bytes);
        bytes[0] |= 1;
        return new BigInteger(1, bytes);
    }
}
