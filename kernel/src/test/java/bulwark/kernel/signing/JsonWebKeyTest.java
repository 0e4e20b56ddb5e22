package bulwark.kernel.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.json.Base64Url;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.JoseRefused.Reason;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonWebKeyTest {
    private static final Signing SIGNING = Signing.fastest();
    private static final byte[] INPUT = "header.payload".getBytes(StandardCharsets.US_ASCII);

    private static JsonWebKey key(Map<String, Object> members) {
        return JsonWebKey.parse(StrictJson.parse(StrictJson.write(members)), SIGNING);
    }

    private static Reason refusal(Map<String, Object> members) {
        try {
            key(members);
            throw new AssertionError("it was accepted");
        } catch (JoseRefused e) {
            return e.reason();
        }
    }

    private static KeyPair rsa(int bits) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(bits);
        return generator.generateKeyPair();
    }

    private static Map<String, Object> jwk(RSAPublicKey key) {
        return new HashMap<>(Map.of("kty", "RSA", "n", Base64Url.text(unsigned(key.getModulus(), 0)), "e", "AQAB"));
    }

    private static Map<String, Object> jwk(ECPublicKey key, String curve, int length) {
        String x = Base64Url.text(unsigned(key.getW().getAffineX(), length));
        String y = Base64Url.text(unsigned(key.getW().getAffineY(), length));
        return new HashMap<>(Map.of("kty", "EC", "crv", curve, "x", x, "y", y));
    }

    private static byte[] unsigned(BigInteger number, int length) {
        byte[] bytes = number.toByteArray();
        int size = length > 0 ? length : bytes[0] == 0 ? bytes.length - 1 : bytes.length;
        byte[] exact = new byte[size];
        int copied = Math.min(size, bytes.length);
        System.arraycopy(bytes, bytes.length - copied, exact, size - copied, copied);
        return exact;
    }

    private static KeyPair ec(String curve) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec(curve));
        return generator.generateKeyPair();
    }

    @Test
    void an_rsa_key_verifies_what_the_jdk_signed_and_nothing_else() throws Exception {
        KeyPair pair = rsa(2048);
        JsonWebKey key = key(jwk((RSAPublicKey) pair.getPublic()));
        assertThat(key.algorithm()).isEqualTo(JwsAlgorithm.RS256);
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initSign(pair.getPrivate());
        signature.update(INPUT);
        byte[] signed = signature.sign();

        assertThat(key.verify(JwsAlgorithm.RS256, INPUT, signed)).isTrue();
        assertThat(key.verify(JwsAlgorithm.PS256, INPUT, signed)).isFalse();
        assertThat(key.verify(JwsAlgorithm.ES256, INPUT, signed)).isFalse();
        signed[17] ^= 1;
        assertThat(key.verify(JwsAlgorithm.RS256, INPUT, signed)).isFalse();
        assertThat(key.verify(JwsAlgorithm.RS256, INPUT, new byte[0])).isFalse();
    }

    @ParameterizedTest
    @EnumSource(names = {"ES256", "ES384"})
    void an_ec_key_verifies_the_form_of_jose_and_not_that_of_x509(JwsAlgorithm algorithm) throws Exception {
        boolean small = algorithm == JwsAlgorithm.ES256;
        KeyPair pair = ec(small ? "secp256r1" : "secp384r1");
        JsonWebKey key = key(jwk((ECPublicKey) pair.getPublic(), small ? "P-256" : "P-384", small ? 32 : 48));
        assertThat(key.algorithm()).isEqualTo(algorithm);
        String name = small ? "SHA256withECDSA" : "SHA384withECDSA";
        Signature signature = Signature.getInstance(name + "inP1363Format");
        signature.initSign(pair.getPrivate());
        signature.update(INPUT);
        assertThat(key.verify(algorithm, INPUT, signature.sign())).isTrue();

        Signature der = Signature.getInstance(name);
        der.initSign(pair.getPrivate());
        der.update(INPUT);
        assertThat(key.verify(algorithm, INPUT, der.sign())).isFalse();
        assertThat(key.verify(algorithm, INPUT, new byte[small ? 64 : 96]))
                .as("CVE-2022-21449")
                .isFalse();
    }

    @Test
    void an_ed25519_key_verifies_the_vector_of_rfc_8037() {
        JsonWebKey key =
                key(Map.of("kty", "OKP", "crv", "Ed25519", "x", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"));
        String token = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
                + "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
        CompactJws jws = CompactJws.parse(token);

        assertThat(jws.algorithm()).isEqualTo(JwsAlgorithm.EDDSA);
        assertThat(key.verify(JwsAlgorithm.EDDSA, jws.signingInput(), jws.signature()))
                .isTrue();
        assertThat(key.thumbprint()).isEqualTo("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        assertThatThrownBy(jws::claims).isInstanceOf(JoseRefused.class);
    }

    @Test
    void what_is_signed_here_is_the_token_of_rfc_8037() {
        byte[] seed = HexFormat.of().parseHex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
        String token = CompactJws.sign(
                Map.of(),
                "Example of Ed25519 signing".getBytes(StandardCharsets.US_ASCII),
                SIGNING.signer(SecretBytes.of(seed)));
        assertThat(token)
                .isEqualTo("eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
                        + "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
    }

    @ParameterizedTest
    @ValueSource(strings = {"d", "p", "q", "k", "oth"})
    void a_key_with_private_members_is_refused_as_such(String member) throws Exception {
        Map<String, Object> jwk = jwk((RSAPublicKey) rsa(2048).getPublic());
        jwk.put(member, "AQAB");
        assertThat(refusal(jwk)).isEqualTo(Reason.PRIVATE_KEY);
    }

    @Test
    void keys_of_other_kinds_sizes_and_uses_are_refused() throws Exception {
        Map<String, Object> good = jwk((RSAPublicKey) rsa(2048).getPublic());
        assertThat(refusal(jwk((RSAPublicKey) rsa(1024).getPublic()))).isEqualTo(Reason.KEY);
        assertThat(refusal(with(good, "use", "enc"))).isEqualTo(Reason.KEY);
        assertThat(refusal(with(good, "e", "AQ"))).isEqualTo(Reason.KEY);
        assertThat(refusal(with(good, "alg", "ES256"))).isEqualTo(Reason.KEY);
        assertThat(refusal(with(good, "alg", "RSA-OAEP"))).isEqualTo(Reason.KEY);
        assertThat(refusal(with(good, "n", 7))).isEqualTo(Reason.KEY);
        assertThat(refusal(with(good, "kty", "oct"))).isEqualTo(Reason.KEY);
        assertThat(refusal(Map.of("kty", "OKP", "crv", "X25519", "x", "A".repeat(43))))
                .isEqualTo(Reason.KEY);
        assertThat(refusal(Map.of("kty", "OKP", "crv", "Ed25519", "x", "AAAA"))).isEqualTo(Reason.KEY);
        assertThat(refusal(jwk((ECPublicKey) ec("secp521r1").getPublic(), "P-521", 66)))
                .isEqualTo(Reason.KEY);
        Map<String, Object> offCurve = jwk((ECPublicKey) ec("secp256r1").getPublic(), "P-256", 32);
        assertThat(refusal(with(offCurve, "y", String.valueOf(offCurve.get("x")))))
                .isEqualTo(Reason.KEY);
        assertThat(key(with(good, "alg", "PS256")).algorithm()).isEqualTo(JwsAlgorithm.PS256);
    }

    private static Map<String, Object> with(Map<String, Object> jwk, String name, Object value) {
        Map<String, Object> changed = new HashMap<>(jwk);
        changed.put(name, value);
        return changed;
    }

    @Test
    void a_certificate_beside_the_key_is_not_read() throws Exception {
        KeyPair pair = rsa(2048);
        Map<String, Object> jwk =
                with(jwk((RSAPublicKey) pair.getPublic()), "x5c", java.util.List.of("no certificate"));
        assertThat(key(jwk).thumbprint())
                .isEqualTo(key(jwk((RSAPublicKey) pair.getPublic())).thumbprint());
    }
}
