package bulwark.kernel.evidence.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import bulwark.kernel.evidence.log.TransparencyLog.LogUnavailable;
import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.signing.Digests;
import bulwark.kernel.signing.Ed25519Signer;
import bulwark.kernel.time.SettableClock;
import java.io.IOException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class RekorLogTest {
    private static final Instant NOW = Instant.parse("2026-11-22T00:00:00Z");
    private static final LogLeaf LEAF = new LogLeaf(Map.of("kind", "test", "name", "ü"), "one");

    RekorService service;
    TransparencyLog log;

    @BeforeEach
    void start() throws Exception {
        service = new RekorService(NOW.getEpochSecond());
        log = TransparencyLogs.rekor(
                URI.create("http://127.0.0.1:" + service.port() + "/"), RekorLogTest::signer, new SettableClock(NOW));
    }

    @AfterEach
    void stop() {
        log.close();
        service.close();
    }

    private static final KeyPair KEYS = keys();

    private static KeyPair keys() {
        try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Ed25519Signer signer() {
        return new Ed25519Signer() {
            @Override
            public byte[] sign(byte[] message) {
                try {
                    Signature signature = Signature.getInstance("Ed25519");
                    signature.initSign(KEYS.getPrivate());
                    signature.update(message);
                    return signature.sign();
                } catch (GeneralSecurityException e) {
                    throw new IllegalStateException(e);
                }
            }

            @Override
            public byte[] publicKey() {
                byte[] der = KEYS.getPublic().getEncoded();
                return Arrays.copyOfRange(der, der.length - 32, der.length);
            }
        };
    }

    @Test
    void an_entry_that_the_service_can_verify_is_accepted() throws Exception {
        LogEntry entry = log.append(LEAF);
        assertThat(entry.leafHash()).isEqualTo(Digests.sha256Hex(CanonicalJson.bytes(LEAF.payload())));
        assertThat(entry.logIndex()).isZero();
        assertThat(entry.integratedTime()).isEqualTo(NOW.getEpochSecond());
        assertThat(entry.logId()).isEqualTo(RekorService.LOG_ID);
        assertThat(entry.inclusionProof().get("treeSize")).isEqualTo(1L);
        assertThat(entry.raw().get("payload")).isEqualTo(LEAF.payload());
        assertThat(entry.raw().get("uuid")).asString().hasSize(80);
        assertThat(service.refusals).isEmpty();
    }

    @Test
    void the_same_payload_again_yields_the_first_entry() throws Exception {
        LogEntry first = log.append(LEAF);
        log.append(new LogLeaf(Map.of("kind", "other"), "two"));
        LogEntry again = log.append(LEAF);
        assertThat(again.logIndex()).isEqualTo(first.logIndex());
        assertThat(again.raw().get("uuid")).isEqualTo(first.raw().get("uuid"));
        assertThat(again.raw().get("body")).isEqualTo(first.raw().get("body"));
        assertThat(service.size()).isEqualTo(2);
    }

    @Test
    void an_answer_about_another_entry_is_refused() {
        service.answerWithAnotherBody = true;
        assertThatExceptionOfType(LogUnavailable.class)
                .isThrownBy(() -> log.append(LEAF))
                .withMessageContaining("not the one sent");
    }

    @Test
    void entries_are_read_back_and_lie_in_the_tree_that_the_service_shows() throws Exception {
        for (int i = 0; i < 11; i++) {
            log.append(leaf(i));
            for (int k = 0; k <= i; k++) {
                assertThat(log.holds(leaf(k), k)).as("%d of %d", k, i + 1).isTrue();
            }
        }
        assertThat(log.holds(leaf(3), 4)).isFalse();
        assertThat(log.holds(leaf(11), 11)).isFalse();
        service.rootHash = "0".repeat(64);
        assertThat(log.holds(leaf(3), 3)).isFalse();
    }

    @Test
    void an_entry_that_the_service_lost_or_replaced_is_not_held_and_silence_says_nothing() throws Exception {
        log.append(leaf(1));
        service.loseEntries();
        assertThat(log.holds(leaf(1), 0)).isFalse();
        log.append(leaf(2));
        assertThat(log.holds(leaf(1), 0)).isFalse();
        service.close();
        assertThatExceptionOfType(LogUnavailable.class).isThrownBy(() -> log.holds(leaf(1), 0));
    }

    private static LogLeaf leaf(int number) {
        return new LogLeaf(Map.of("kind", "test", "number", (long) number), "leaf " + number);
    }

    @Test
    void an_answer_from_the_future_is_refused() {
        service.time += 7200;
        assertThatExceptionOfType(LogUnavailable.class)
                .isThrownBy(() -> log.append(LEAF))
                .withMessageContaining("future");
    }

    @Test
    void a_conflict_that_points_elsewhere_is_not_followed() throws Exception {
        log.append(LEAF);
        for (String place :
                new String[] {"http://169.254.169.254/latest", "/api/v1/log", "/api/v1/log/entries/../../../x", "::", ""
                }) {
            service.conflictLocation = place;
            assertThatExceptionOfType(LogUnavailable.class).as(place).isThrownBy(() -> log.append(LEAF));
        }
    }

    @Test
    void garbage_errors_and_silence_are_unavailable_with_a_sentence() throws IOException {
        for (String garbage : new String[] {
            "", "[]", "{}", "{\"a\":1}", "{\"a\":{\"body\":\"!\",\"logID\":\"x\",\"logIndex\":1,\"integratedTime\":1}}"
        }) {
            service.fixedAnswer = garbage;
            assertThatExceptionOfType(LogUnavailable.class)
                    .as(garbage)
                    .isThrownBy(() -> log.append(LEAF))
                    .withMessageStartingWith("The transparency log http://127.0.0.1");
        }
        service.fixedAnswer = "x".repeat(2 << 20);
        assertThatExceptionOfType(LogUnavailable.class).isThrownBy(() -> log.append(LEAF));
        service.close();
        assertThatExceptionOfType(LogUnavailable.class)
                .isThrownBy(log::ping)
                .withMessageContaining("cannot be reached");
    }

    @Test
    void a_probe_reads_the_tree_and_writes_nothing() throws Exception {
        log.ping();
        assertThat(service.size()).isZero();
        assertThat(log.fsck()).isEmpty();
    }
}
