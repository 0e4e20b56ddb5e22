package bulwark.seats.deposit;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.seats.contract.HexText;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Values that an independent SSZ library and two bindings of blst agree on. */
class DepositDataTest {
    /** A deposit that stands on Ethereum mainnet. */
    private static final DepositData MAINNET = new DepositData(
            HexText.bytes(
                    "0x933ad9491b62059dd065b560d256d8957a8c402cc6e8d8ee7290ae11e8f7329267a8811c397529dac52ae1342ba58c95"),
            HexText.bytes("0x00f50428677c60f997aadeab24aabf7fceaef491c96a52b463ae91f95611cf71"),
            1_000_000_000L,
            HexText.bytes(
                    "0xa29d01cc8c6296a8150e515b5995390ef841dc18948aa3e79be6d7c1851b4cbb5d6ff49fa70b9c782399506a22a85193"
                            + "151b9b691245cebafd2063012443c1324b6c36debaedefb7b2d71b0503ffdc00150aaffd42e63358238ec888901738b8"));

    private final Blst blst = new Blst(Blst.PROOF_OF_POSSESSION, new SecureRandom());

    @Test
    void a_real_deposit_has_the_roots_that_the_chain_has_and_verifies_on_its_own_network_alone() {
        ForkVersion mainnet = new ForkVersion("00000000");
        assertThat(HexText.of(DepositData.domain(mainnet)))
                .isEqualTo("0x03000000f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a9");
        assertThat(HexText.of(MAINNET.messageRoot()))
                .isEqualTo("0x49bce10005f4f4dbb63047d43a9d205a71796347cefbff95903e63b000285eb9");
        assertThat(HexText.of(MAINNET.dataRoot()))
                .isEqualTo("0xaa4a8d0b7d9077248630f1a4701ae9764e42271d7f22b7838778411857fd349e");
        assertThat(HexText.of(MAINNET.signingRoot(mainnet)))
                .isEqualTo("0x87f7fbb39d48b8c3df2a8c48eb7cc119b0634ae03535b123d0b96b130966cd48");
        assertThat(verifies(MAINNET, mainnet)).isTrue();
        for (String other : List.of("01017000", "90000069", "10000910", "00000064", "00000286")) {
            assertThat(verifies(MAINNET, new ForkVersion(other))).as(other).isFalse();
        }
    }

    @Test
    void a_key_made_from_known_material_signs_the_known_deposit_of_a_seat() {
        ForkVersion network = SignedDeposit.NETWORK;
        DepositData deposit = SignedDeposit.of(1, SignedDeposit.CREDENTIALS, network);
        assertThat(HexText.of(deposit.pubkey()))
                .isEqualTo(
                        "0x95a254501b7733239ed3cec4d56737977bd09ede881d8a234560e83e5525017add3b1dcc3eabfb85e12a4131b19c253b");
        assertThat(HexText.of(DepositData.domain(network)))
                .isEqualTo("0x0300000098263e0b8b6b5ccf721556b8f8332da348357da21242e2ffa82082f7");
        assertThat(HexText.of(deposit.messageRoot()))
                .isEqualTo("0xb0e95f037af964ff89fbda108663b320a6b760a56f3c8a3b8f9394e039747d82");
        assertThat(HexText.of(deposit.signingRoot(network)))
                .isEqualTo("0xf2b327deba2d089f489f53c898ff1b3e3dce2562269a0155f6f1461bcc88779c");
        assertThat(HexText.of(deposit.signature()))
                .isEqualTo(
                        "0xa00accc4b6511f720e53dd131d5b017028ea91fa276c292761f34f83848f1e2866e8c64d2e82b40fd1e8392e0d802e1f"
                                + "0b4b4e53f494c678230185d50bfb69ce3b68bd21795d0057cfe33e96123ed409d9886ba7fd79a8d690b2a004c367a640");
        assertThat(HexText.of(deposit.dataRoot()))
                .isEqualTo("0x306da94e96acfce98b4c480d57a193c70c6d647e8048f50f1d32dba52685e368");
        assertThat(verifies(deposit, network)).isTrue();
    }

    @Test
    void the_identity_as_key_or_signature_verifies_nothing() {
        byte[] key = new byte[48];
        key[0] = (byte) 0xc0;
        byte[] signature = new byte[96];
        signature[0] = (byte) 0xc0;
        assertThat(blst.verify(key, signature, new byte[32])).isFalse();
        assertThat(blst.verify(MAINNET.pubkey(), signature, new byte[32])).isFalse();
    }

    private boolean verifies(DepositData deposit, ForkVersion version) {
        return blst.verify(deposit.pubkey(), deposit.signature(), deposit.signingRoot(version));
    }
}
