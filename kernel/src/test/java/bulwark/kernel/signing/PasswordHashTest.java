package bulwark.kernel.signing;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.secrets.SecretBytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordHashTest {
    /** Made by the reference implementation's command line: {@code argon2 somesalt -id -t 2 -m 16 -p 1 -l 24}, password "password". */
    private static final String REFERENCE =
            "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";

    @Test
    void a_secret_matches_its_own_hash_and_no_other_secret_does() {
        String phc = PasswordHash.argon2id(SecretBytes.ofText("correct horse"));

        assertThat(phc).startsWith("$argon2id$v=19$m=19456,t=2,p=1$").hasSize(97);
        assertThat(PasswordHash.matches(SecretBytes.ofText("correct horse"), phc))
                .isTrue();
        assertThat(PasswordHash.matches(SecretBytes.ofText("correct horsf"), phc))
                .isFalse();
        assertThat(PasswordHash.argon2id(SecretBytes.ofText("correct horse"))).isNotEqualTo(phc);
    }

    @Test
    void a_hash_of_the_reference_implementation_matches() {
        assertThat(PasswordHash.matches(SecretBytes.ofText("password"), REFERENCE))
                .isTrue();
        assertThat(PasswordHash.matches(SecretBytes.ofText("passwore"), REFERENCE))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "$argon2id$",
                "$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
                "$argon2id$v=19$m=999999,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
                "$argon2id$v=19$m=65536,t=999,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
                "$argon2id$v=19$m=65536,t=0,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
                "$argon2id$v=19$m=4,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
                "$argon2id$v=19$m=65536,t=2,p=0$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
                "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$Q",
                "$argon2id$v=19$m=65536,t=2,p=1$c$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8"
            })
    void a_malformed_or_costly_hash_matches_nothing(String phc) {
        assertThat(PasswordHash.matches(SecretBytes.ofText("password"), phc)).isFalse();
    }
}
