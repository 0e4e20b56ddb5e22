package bulwark.seats.signer;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.signing.EcdsaSignature;
import bulwark.seats.contract.Eip1559Transaction;
import bulwark.seats.contract.EvmAddress;
import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What the signer encodes, beside what a library makes of the same fields. */
class TransactionEncodingTest {
    private static final int ROUNDS = 2_000;

    @Test
    void transactions_are_encoded_as_a_library_encodes_them() {
        Random random = new Random(1559);
        for (int round = 0; round < ROUNDS; round++) {
            long chain = 1 + random.nextInt(1 << random.nextInt(1, 31));
            long nonce = random.nextInt(1 << random.nextInt(1, 31));
            BigInteger fee = new BigInteger(random.nextInt(1, 60), random);
            BigInteger tip = fee.shiftRight(random.nextInt(8));
            long gas = 21_000 + random.nextInt(1_000_000);
            byte[] to = new byte[20];
            random.nextBytes(to);
            to[0] = (byte) (random.nextBoolean() ? 0 : to[0]);
            BigInteger value = new BigInteger(random.nextInt(0, 90), random);
            byte[] data = new byte[random.nextInt(4) == 0 ? random.nextInt(2) : random.nextInt(400)];
            random.nextBytes(data);

            FeeMarketTransaction ours =
                    new FeeMarketTransaction(chain, nonce, tip, fee, gas, EvmAddress.of(to), value, data);
            Eip1559Transaction theirs =
                    new Eip1559Transaction(chain, nonce, tip, fee, gas, EvmAddress.of(to), value, data);

            assertThat(ours.signingHash()).isEqualTo(theirs.signingHash());
            BigInteger r = new BigInteger(random.nextInt(8, 250), random).add(BigInteger.ONE);
            BigInteger s = new BigInteger(random.nextInt(8, 250), random).add(BigInteger.ONE);
            int parity = random.nextInt(2);
            assertThat(ours.signed(new RecoveredSignature(new EcdsaSignature(r, s), parity)))
                    .isEqualTo(theirs.signed(parity, r, s));
        }
    }
}
