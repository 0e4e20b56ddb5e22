package bulwark.seats.deposit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Vectors from the text of EIP-2333. */
class BlstKeyTest {
    private static final byte[] SEED = HexFormat.of()
            .parseHex("c55257c360c07c72029aebc1b53c05ed0362ada38ead3e3e9efa3708e53495531f09a6987599d18264c1e1c92f2cf1"
                    + "41630c7a3c4ab7c81b2f001698e7463b04");

    @ParameterizedTest
    @CsvSource({
        "c55257c360c07c72029aebc1b53c05ed0362ada38ead3e3e9efa3708e53495531f09a6987599d18264c1e1c92f2cf141630c7a3c4ab7c81b2f001698e7463b04,"
                + "6083874454709270928345386274498605044986640685124978867557563392430687146096,0,"
                + "20397789859736650942317412262472558107875392172444076792671091975210932703118",
        "3141592653589793238462643383279502884197169399375105820974944592,"
                + "29757020647961307431480504535336562678282505419141012933316116377660817309383,3141592653,"
                + "25457201688850691947727629385191704516744796114925897962676248250929345014287",
        "0099FF991111002299DD7744EE3355BBDD8844115566CC55663355668888CC00,"
                + "27580842291869792442942448775674722299803720648445448686099262467207037398656,4294967295,"
                + "29358610794459428860402234341874281240803786294062035874021252734817515685787",
        "d4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3,"
                + "19022158461524446591288038168518313374041767046816487870552872741050760015818,42,"
                + "31372231650479070279774297061823572166496564838472787488249775572789064611981"
    })
    void each_vector_gives_its_master_and_its_child(String seed, String master, long index, String child) {
        byte[] bytes = HexFormat.of().parseHex(seed);
        assertThat(new BigInteger(1, BlstKey.derive(bytes).secret())).isEqualTo(new BigInteger(master));
        assertThat(new BigInteger(1, BlstKey.derive(bytes, index).secret())).isEqualTo(new BigInteger(child));
    }

    @Test
    void the_child_process_gives_the_same_key_and_a_signature_that_verifies() {
        byte[] root = new byte[32];
        root[5] = 7;
        BlstKey here = BlstKey.derive(SEED, 12_381, 3_600, 4, 0, 0);
        try (ValidatorKeyProcess there = ValidatorKeyProcess.derive(SecretBytes.of(SEED), 12_381, 3_600, 4, 0, 0)) {
            assertThat(there.pubkey()).isEqualTo(here.pubkey());
            assertThat(there.secret().expose(SecretAccess.grant())).isEqualTo(here.secret());
            byte[] signature = there.sign(root);
            assertThat(signature).isEqualTo(here.sign(root));
            assertThat(new Blst(Blst.PROOF_OF_POSSESSION, new SecureRandom()).verify(here.pubkey(), signature, root))
                    .isTrue();
            assertThatThrownBy(() -> there.sign(root)).isInstanceOf(BlsFailed.class);
        }
    }

    @Test
    void seeds_and_indexes_out_of_range_never_reach_the_native_library() {
        assertThatThrownBy(() -> BlstKey.derive(new byte[31])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> BlstKey.derive(new byte[65])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> BlstKey.derive(SEED, 1L << 32)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> BlstKey.derive(SEED).sign(new byte[31])).isInstanceOf(IllegalArgumentException.class);
    }
}
