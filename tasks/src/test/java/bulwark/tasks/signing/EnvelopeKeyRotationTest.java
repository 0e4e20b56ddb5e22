package bulwark.tasks.signing;

import static bulwark.tasks.signing.TestKeys.ENVELOPE;
import static bulwark.tasks.signing.TestKeys.ONE;
import static bulwark.tasks.signing.TestKeys.SIGNING;
import static bulwark.tasks.signing.TestKeys.TWO;
import static bulwark.tasks.signing.TestKeys.hmac;
import static bulwark.tasks.signing.TestKeys.pair;
import static bulwark.tasks.signing.TestKeys.publicKey;
import static bulwark.tasks.signing.TestKeys.reason;
import static bulwark.tasks.signing.TestKeys.settings;
import static org.assertj.core.api.Assertions.assertThat;

import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.signing.EnvelopeSigning.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A worker whose settings change under it, step by step. */
class EnvelopeKeyRotationTest {
    private final AtomicReference<Map<String, String>> worker = new AtomicReference<>(Map.of());

    private EnvelopeSigning verifier(Map<String, String> first) {
        worker.set(first);
        return EnvelopeSigning.reloading(() -> settings(worker.get()), SIGNING, Clock.systemUTC());
    }

    private void step(EnvelopeSigning verifier, Map<String, String> next) {
        worker.set(next);
        assertThat(verifier.reload()).noneMatch(sentence -> sentence.contains("stay as they were"));
    }

    private static Map<String, String> secrets(String keys, String active) {
        return Map.of("STEM_SIGNING_KEYS", keys, "STEM_SIGNING_ACTIVE_KEY", active);
    }

    private static Map<String, String> publics(String keys) {
        return Map.of(
                "STEM_SIGNING_ALGORITHM",
                "ed25519",
                "STEM_SIGNING_PUBLIC_KEYS",
                keys,
                "STEM_SIGNING_ACTIVE_KEY",
                "any");
    }

    private static void assertTakes(EnvelopeSigning verifier, Envelope... signed) {
        for (Envelope envelope : signed) {
            assertThat(verifier.verify(envelope)).isInstanceOf(Verdict.Valid.class);
        }
    }

    @Test
    void rotating_a_shared_secret_rejects_no_task() {
        Envelope old = hmac("k1:" + ONE, "k1").sign(ENVELOPE);
        Envelope renewed = hmac("k2:" + TWO, "k2").sign(ENVELOPE);
        EnvelopeSigning verifier = verifier(secrets("k1:" + ONE, "k1"));
        assertTakes(verifier, old);
        step(verifier, secrets("k1:" + ONE + ",k2:" + TWO, "k1"));
        assertTakes(verifier, old, renewed);
        step(verifier, secrets("k1:" + ONE + ",k2:" + TWO, "k2"));
        assertTakes(verifier, old, renewed, verifier.sign(ENVELOPE));
        step(verifier, secrets("k2:" + TWO, "k2"));
        assertTakes(verifier, renewed);
        assertThat(reason(verifier.verify(old))).isEqualTo("unknown signing key \"k1\"");
    }

    @Test
    void rotating_a_key_pair_rejects_no_task() {
        Envelope old = pair("k1", ONE).sign(ENVELOPE);
        Envelope renewed = pair("k2", TWO).sign(ENVELOPE);
        EnvelopeSigning verifier = verifier(publics("k1:" + publicKey(ONE)));
        assertTakes(verifier, old);
        step(verifier, publics("k1:" + publicKey(ONE) + ",k2:" + publicKey(TWO)));
        assertTakes(verifier, old, renewed);
        step(verifier, publics("k2:" + publicKey(TWO)));
        assertTakes(verifier, renewed);
        assertThat(reason(verifier.verify(old))).isEqualTo("unknown signing key \"k1\"");
    }

    /** Both sides of the move use the id "primary". */
    @Test
    void moving_from_a_secret_to_key_pairs_under_one_id_rejects_no_task() {
        Envelope old = hmac("primary:" + ONE, "primary").sign(ENVELOPE);
        Envelope renewed = pair(TWO).sign(ENVELOPE);
        EnvelopeSigning verifier = verifier(secrets("primary:" + ONE, "primary"));
        assertTakes(verifier, old);
        step(
                verifier,
                Map.of(
                        "STEM_SIGNING_KEYS", "primary:" + ONE,
                        "STEM_SIGNING_PUBLIC_KEYS", "primary:" + publicKey(TWO),
                        "STEM_SIGNING_ACTIVE_KEY", "primary"));
        assertTakes(verifier, old, renewed, verifier.sign(ENVELOPE));
        step(verifier, publics("primary:" + publicKey(TWO)));
        assertTakes(verifier, renewed);
        assertThat(reason(verifier.verify(old))).isEqualTo("signature mismatch");
    }

    @Test
    void faulty_or_emptied_settings_leave_the_old_keys_in_use() {
        Envelope signed = hmac("k1:" + ONE, "k1").sign(ENVELOPE);
        EnvelopeSigning verifier = verifier(secrets("k1:" + ONE, "k1"));
        for (Map<String, String> faulty : List.of(
                secrets("broken", "k1"), secrets("k2:" + TWO, "k1"), secrets(" , ", "k1"), Map.<String, String>of())) {
            worker.set(faulty);
            assertThat(verifier.reload()).isNotEmpty().allMatch(sentence -> sentence.contains("stay as they were"));
            assertTakes(verifier, signed);
            assertThat(verifier.verify(ENVELOPE)).isInstanceOf(Verdict.Invalid.class);
        }
    }

    @Test
    void a_key_file_is_read_again(@TempDir Path folder) throws IOException {
        Path keys = folder.resolve("keys");
        Files.createFile(keys, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(keys, "k1:" + ONE + "\n");
        EnvelopeSigning verifier =
                verifier(Map.of("STEM_SIGNING_KEYS_FILE", keys.toString(), "STEM_SIGNING_ACTIVE_KEY", "k1"));
        Files.writeString(keys, "k1:" + ONE + ",k2:" + TWO + "\n");
        step(verifier, worker.get());
        assertTakes(
                verifier,
                hmac("k2:" + TWO, "k2").sign(ENVELOPE),
                hmac("k1:" + ONE, "k1").sign(ENVELOPE));
        Files.writeString(keys, "");
        assertThat(verifier.reload()).isNotEmpty().allMatch(sentence -> sentence.contains("stay as they were"));
    }
}
