package bulwark.tasks.signing;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Signing;
import bulwark.tasks.envelope.EnvelopeCodec;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Signatures of Stem 0.2, byte for byte. The keys are published, so they drive the arithmetic and no configuration. */
class SigningVectorsTest {
    private static final Signing SIGNING = Signing.fastest();
    private static final SecretBytes SECRET =
            SecretBytes.of("0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII));
    private static final String A =
            "{\"id\":\"0192f000-0000-7000-8000-000000000001\",\"name\":\"demo.task\",\"args\":{\"value\":1},\"headers\":{\"stem-args-encoder\":\"json\",\"stem-signature\":\"AAAA\",\"stem-signature-key\":\"x\"},\"enqueuedAt\":\"2026-01-02T03:04:05.678Z\",\"notBefore\":null,\"priority\":0,\"attempt\":0,\"maxRetries\":3,\"visibilityTimeout\":null,\"queue\":\"default\",\"meta\":{\"stem.task\":\"demo.task\",\"__stemArgsEncoder\":\"json\"}}";
    private static final String B =
            "{\"id\":\"0192f000-0000-7000-8000-000000000002\",\"name\":\"billing.charge\",\"args\":{\"z\":1,\"amount\":12.5,\"a\":{\"b\":[1,2.0,true,null],\"A\":\"é😀/\\u2028\"},\"big\":1e21,\"tiny\":1e-7,\"twenty\":1e20,\"quote\":\"a\\\"b\\\\c\\n\\t\\u0001\\u007f\"},\"headers\":{\"traceparent\":\"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\",\"tenant\":\"acme\",\"stem-args-encoder\":\"json\"},\"enqueuedAt\":\"2026-01-02T03:04:05.678901Z\",\"notBefore\":\"2026-01-02T03:05:00.000Z\",\"priority\":7,\"attempt\":2,\"maxRetries\":5,\"visibilityTimeout\":45000,\"queue\":\"billing\",\"meta\":{\"stem.task\":\"billing.charge\",\"～\":2,\"😀\":1,\"__stemArgsEncoder\":\"json\",\"stem.retryPolicy\":{\"backoff\":true,\"backoffMaxMs\":60000,\"jitter\":false,\"defaultDelayMs\":1000,\"maxRetries\":5,\"autoRetryFor\":[],\"dontAutoRetryFor\":[]}}}";
    private static final String C =
            "{\"id\":\"0192f000-0000-7000-8000-000000000003\",\"name\":\"reports.aggregate\",\"args\":{},\"headers\":{\"scheduled-from\":\"beat\",\"schedule-id\":\"nightly\"},\"enqueuedAt\":\"2026-01-02T00:00:00.000Z\",\"queue\":\"reporting\"}";

    private static byte[] canonical(String json) {
        return EnvelopeCodec.canonical(EnvelopeCodec.ofJson(json).envelope());
    }

    private static String hmac(String json) {
        return Base64.getEncoder().encodeToString(SIGNING.hmacSha256(SECRET, canonical(json)));
    }

    private static String ed25519(String seed, String json) {
        return Base64.getEncoder()
                .encodeToString(
                        SIGNING.signer(SecretBytes.of(Base64.getDecoder().decode(seed)))
                                .sign(canonical(json)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "attempt":0       | "attempt":0                            | uQpuoUqhhwc1IIAfbViC1pugKmbHkMoLGYNpO/mU/9A=
            "attempt":0       | "attempt":1                            | W6X0FBnLan25RTUYOhPT9TQqX67/DKxYOPtwCy1IcOs=
            "queue":"default" | "queue":"other"                        | riglz33nLXMZQLPUlA4HWS1Br5kQ46/6gOkLnYr6SkM=
            "value":1         | "value":2                              | X3B/AkDfrCsNClnVjnbVAbWuPUNBSOkmFNCqsXEo/B0=
            "notBefore":null  | "notBefore":"2026-01-02T03:04:35.678Z" | F6LwGJAQ8xg13gFqN/AiaHiWs9vapmwzVJLqzG5PLGw=
            """)
    void vector_a_and_its_mutations_match(String from, String to, String tag) {
        assertThat(A).contains(from.strip());
        assertThat(hmac(A.replace(from.strip(), to.strip()))).isEqualTo(tag.strip());
    }

    @Test
    void vectors_b_and_c_match() {
        assertThat(hmac(B)).isEqualTo("LGhyEBF9FqfmKYi6rM9lW7b0gDvodT3CXz3vSgvLZUU=");
        assertThat(hmac(C)).isEqualTo("VtK7Ua9OCddO4ilpfMpTeqAfMhcFkaqnQ2PnGIKHFfg=");
    }

    @Test
    void the_ed25519_signatures_are_those_of_the_vectors() {
        String rfc = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=";
        String example = "v/eFuFJGEl0ieIlYionIcFjYKmKK/lMrfi+pGcLsKew=";
        assertThat(ed25519(rfc, A))
                .isEqualTo("uUf2ddEs7VyPmteuc+LSwy4AjzU1l1dyFHmkwEj/zOaBs1cirtIyxIrGoyEDmSGF+2n0JFYRahXjFto7pnG7Ag==");
        assertThat(ed25519(example, A))
                .isEqualTo("zYpJWk8J3frab8nmrnNVDolK6Aq1cH4esdrw6RwLic50cOscX6xr2hB4Wt0upPz2yH6FH75Xhsx9PsRhMB+mCQ==");
        assertThat(ed25519(rfc, B))
                .isEqualTo("f5XX71O5LH+qYDAzHBB/40uVX7O0upOVfa0VK7bU22Z7FYW37PjhE1ZXhbuh0+Vn9OMV9sTly8bcFEnY5rriBg==");
        assertThat(ed25519(rfc, C))
                .isEqualTo("RvFgS/bFPtCQMaSM1uvjLf4cPAleZh4r0rWoFJ86DUQNvG+Hnh7lhSqssBrSKHJnXX3pU48SHA/EneW69NHSCQ==");
    }
}
