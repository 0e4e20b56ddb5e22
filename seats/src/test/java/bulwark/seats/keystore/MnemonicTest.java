package bulwark.seats.keystore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.secrets.KeyRefused;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Digests;
import bulwark.kernel.signing.Signing;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Vectors of BIP-39, whose passphrase is TREZOR. */
class MnemonicTest {
    static final String WORDS = "hamster diagram private dutch cause delay private meat slide toddler razor book happy"
            + " fancy gospel tennis maple dilemma loan word shrug inflict delay length";

    @ParameterizedTest
    @CsvSource({
        "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about,"
                + "c55257c360c07c72029aebc1b53c05ed0362ada38ead3e3e9efa3708e53495531f09a6987599d18264c1e1c92f2cf141630c7a3c4ab7c81b2f001698e7463b04",
        "legal winner thank year wave sausage worth useful legal winner thank yellow,"
                + "2e8905819b8723fe2c1d161860e5ee1830318dbf49a83bd451cfb8440c28bd6fa457fe1296106559a3c80937a1c1069be3a3a5bd381ee6260e8d9739fce1f607",
        WORDS + ","
                + "64c87cde7e12ecf6704ab95bb1408bef047c22db4cc7491c4271d170a1b213d20b385bc1588d9c7b38f1b39d415665b8a9030c9ec653d75e65f847d8fc1fc440"
    })
    void each_vector_is_sound_and_gives_its_seed(String words, String seed) {
        List<String> list = List.of(words.split(" "));
        Mnemonic.requireSound("MNEMONIC", list);
        assertThat(HexFormat.of().formatHex(Mnemonic.seed(list, "TREZOR").expose(SecretAccess.grant())))
                .isEqualTo(seed);
    }

    @Test
    void blanks_and_case_do_not_count() {
        SecretBytes seed = Mnemonic.seed("MNEMONIC", SecretBytes.ofText(WORDS));
        SecretBytes other = Mnemonic.seed(
                "MNEMONIC", SecretBytes.ofText("\n  " + WORDS.replace(" ", "  ").replace("hamster", "Hamster") + "\n"));
        assertThat(other.equalsSecret(seed)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about",
                "hamster diagram private dutch cause delay private meat slide toddler razor book happy fancy gospel tennis maple dilemma loan word shrug inflict length delay",
                "hamstr diagram private dutch cause delay private meat slide toddler razor book happy fancy gospel tennis maple dilemma loan word shrug inflict delay length",
                "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon art"
            })
    void a_mistake_is_a_sentence_that_repeats_no_word(String words) {
        assertThatThrownBy(() -> Mnemonic.seed("MNEMONIC", SecretBytes.ofText(words)))
                .isInstanceOf(KeyRefused.class)
                .hasMessageStartingWith("MNEMONIC")
                .hasMessageNotContaining("hamst")
                .hasMessageNotContaining("abandon");
    }

    @Test
    void a_fresh_one_is_sound_and_another_each_time() {
        SecretBytes one = Mnemonic.fresh(Signing.fastest());
        SecretBytes two = Mnemonic.fresh(Signing.fastest());
        assertThat(Mnemonic.seed("MNEMONIC", one).equalsSecret(Mnemonic.seed("MNEMONIC", two)))
                .isFalse();
    }

    @Test
    void the_words_are_the_list_of_bip_39() throws Exception {
        try (var list = Mnemonic.class.getResourceAsStream("english.txt")) {
            assertThat(Digests.sha256Hex(list.readAllBytes()))
                    .isEqualTo("2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda");
        }
    }
}
