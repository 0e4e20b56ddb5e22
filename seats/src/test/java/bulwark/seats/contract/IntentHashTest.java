package bulwark.seats.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class IntentHashTest {
    private static final EvmAddress DEPOSITOR = EvmAddress.of("0x70997970C51812dc3A010C7d01b50e0d17dc79C8");

    private static byte[] pubkey() {
        byte[] pubkey = new byte[48];
        Arrays.fill(pubkey, (byte) 0xab);
        return pubkey;
    }

    private static byte[] credentials() {
        byte[] credentials = new byte[32];
        credentials[0] = 1;
        return credentials;
    }

    /** Values of two independent tools. */
    @Test
    void both_versions_have_the_values_that_solidity_computes() {
        assertThat(HexText.of(IntentHash.v1(pubkey(), credentials())))
                .isEqualTo("0xd38b47405584eed486842fe35803e532ca8c1e46512e8d0be89ecb51014734b3");
        assertThat(HexText.of(IntentHash.v2(pubkey(), credentials(), 32_000_000_000L, DEPOSITOR, BigInteger.ONE)))
                .isEqualTo("0x22b638eb522cb66ad9b7cc0f4e9fced1f1859a72979b6a288d59c6cf5c8ad25f")
                .isNotEqualTo("0x11d5408d2a47baac00a7c08cd98c9e6df0d1cc3471fc1b218a839f40bc0cbdc7");
    }

    @Test
    void every_member_of_the_tuple_changes_the_hash() {
        byte[] hash = IntentHash.v2(pubkey(), credentials(), 32_000_000_000L, DEPOSITOR, BigInteger.ONE);
        byte[] otherKey = pubkey();
        otherKey[47] ^= 1;
        assertThat(IntentHash.v2(otherKey, credentials(), 32_000_000_000L, DEPOSITOR, BigInteger.ONE))
                .isNotEqualTo(hash);
        assertThat(IntentHash.v2(pubkey(), credentials(), 1, DEPOSITOR, BigInteger.ONE))
                .isNotEqualTo(hash);
        assertThat(IntentHash.v2(pubkey(), credentials(), 32_000_000_000L, EvmAddress.ZERO, BigInteger.ONE))
                .isNotEqualTo(hash);
        assertThat(IntentHash.v2(pubkey(), credentials(), 32_000_000_000L, DEPOSITOR, BigInteger.TWO))
                .isNotEqualTo(hash);
    }

    @Test
    void credentials_of_a_vault_are_its_address_behind_a_one() {
        assertThat(HexText.of(VaultAddress.credentials(EvmAddress.of("0x412a91402f3d3baee3612d5b5d0ba43542b7adf9"))))
                .isEqualTo("0x010000000000000000000000412a91402f3d3baee3612d5b5d0ba43542b7adf9");
    }

    @Test
    void an_address_in_both_cases_must_have_its_checksum() {
        assertThat(DEPOSITOR).hasToString("0x70997970C51812dc3A010C7d01b50e0d17dc79C8");
        assertThatThrownBy(() -> EvmAddress.of("0x70997970c51812dc3A010C7d01b50e0d17dc79C8"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> EvmAddress.of("0X70997970c51812dc3a010c7d01b50e0d17dc79c8x"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
