package bulwark.kernel.evidence.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import bulwark.kernel.config.ConfiguredPath;
import bulwark.kernel.error.OperatorError;
import bulwark.kernel.evidence.log.TransparencyLog.LogUnavailable;
import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.secrets.KeyRefused;
import bulwark.kernel.signing.Digests;
import bulwark.kernel.signing.Ed25519Signer;
import bulwark.kernel.time.SettableClock;
import bulwark.testkit.RekorServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class RekorLogTest {
    private static final Instant NOW = Instant.parse("2026-11-22T00:00:00Z");
    private static final LogLeaf LEAF = new LogLeaf(Map.of("kind", "test", "name", "ü"), "one");

    @TempDir
    Path folder;

    RekorServer service;
    TransparencyLog log;

    @BeforeEach
    void start() throws Exception {
        service = new RekorServer(NOW.getEpochSecond());
        log = log(keysOf(service));
    }

    private static RekorKeys keysOf(RekorServer server) {
        return RekorKeys.parse(server.publicKeyPem(), "rekor.pem (TEST_KEY)");
    }

    private TransparencyLog log(RekorKeys keys) {
        URI address = URI.create("http://127.0.0.1:" + service.port() + "/");
        return TransparencyLogs.rekor(address, keys, folder, RekorLogTest::signer, new SettableClock(NOW));
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
        assertThat(entry.logId()).isEqualTo(service.logId());
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
                assertThat(readBack(k, k)).as("%d of %d", k, i + 1).isNull();
            }
        }
        assertThat(readBack(3, 4)).contains("does not hold what was written at index 4");
        assertThat(readBack(11, 11)).contains("does not hold");
        service.rootHash = "0".repeat(64);
        assertThat(readBack(3, 3)).contains("does not lie in the tree");
    }

    @Test
    void every_tree_must_begin_with_the_one_that_was_seen_before() throws Exception {
        log.append(leaf(0));
        for (int seen = 1; seen < 18; seen++) {
            log.forgetTrees();
            assertThat(readBack(0, 0)).isNull();
            int grown = seen % 5 + 1;
            for (int i = 0; i < grown; i++) {
                log.append(leaf(100 * seen + i));
            }
            assertThat(readBack(0, 0)).as("%d more than before", grown).isNull();
            assertThat(readBack(0, 0)).as("the same again").isNull();
        }
    }

    @Test
    void a_log_that_was_rolled_back_is_found_and_also_after_it_grew_again() throws Exception {
        for (int i = 0; i < 7; i++) {
            log.append(leaf(i));
        }
        assertThat(readBack(2, 2)).isNull();
        service.rollBackTo(5);
        String found = readBack(2, 2);
        assertThat(found).contains("was rolled back or rewritten", "7 entries");
        log.append(leaf(50));
        log.append(leaf(51));
        assertThat(readBack(2, 2)).as("seven others").isEqualTo(found);
        log.append(leaf(52));
        assertThat(readBack(2, 2)).as("eight, and the sentence stays").isEqualTo(found);
        log.forgetTrees();
        assertThat(readBack(2, 2)).isNull();
    }

    @Test
    void a_log_that_begins_a_new_tree_keeps_what_it_showed_of_the_one_before() throws Exception {
        log.append(leaf(0));
        assertThat(readBack(0, 0)).isNull();
        log.append(leaf(1));
        service.beginShard();
        log.append(leaf(2));
        assertThat(readBack(2, 2)).isNull();
        log.append(leaf(3));
        assertThat(readBack(3, 3)).isNull();
        service.beginShard();
        service.forgetShards();
        log.append(leaf(4));
        assertThat(readBack(4, 0)).contains("shows no tree rekor.test - 2 any more");
    }

    @Test
    void what_another_key_signed_is_not_believed() throws Exception {
        log.append(LEAF);
        assertThat(readBack(LEAF, 0)).isNull();
        service.beForged();
        assertThat(readBack(LEAF, 0)).contains("has a signedEntryTimestamp that no key in rekor.pem (TEST_KEY) made");
        assertThatExceptionOfType(LogUnavailable.class)
                .isThrownBy(() -> log.append(leaf(1)))
                .withMessageContaining("signedEntryTimestamp");
        try (TransparencyLog others = log(RekorKeys.parse(RekorServer.pem(RekorServer.newKey()), "another.pem"))) {
            assertThat(others.readBack(hash(LEAF), 0)).contains("no key in another.pem made");
        }
    }

    @Test
    void a_forged_timestamp_checkpoint_or_proof_is_found_by_itself() throws Exception {
        log.append(LEAF);
        service.timestamp = "AA==";
        assertThat(readBack(LEAF, 0)).contains("signedEntryTimestamp");
        service.timestamp = null;
        service.withCheckpoint = false;
        assertThat(readBack(LEAF, 0)).contains("checkpoint no key in rekor.pem (TEST_KEY) signed");
        service.withCheckpoint = true;
        service.checkpointOfSize = 7;
        assertThat(readBack(LEAF, 0)).contains("inclusion proof for another tree than its checkpoint's");
        service.checkpointOfSize = 0;
        service.checkpointForger = RekorServer.newKey();
        assertThat(readBack(LEAF, 0)).contains("checkpoint no key");
        service.checkpointForger = null;
        assertThat(readBack(LEAF, 0)).isNull();
    }

    @Test
    void without_a_key_the_service_is_believed_and_still_must_not_roll_back() throws Exception {
        try (TransparencyLog unverified = log(RekorKeys.NONE)) {
            service.beForged();
            unverified.append(leaf(0));
            unverified.append(leaf(1));
            assertThat(unverified.readBack(hash(leaf(0)), 0)).isNull();
            service.rollBackTo(1);
            assertThat(unverified.readBack(hash(leaf(0)), 0)).contains("rolled back");
        }
    }

    @Test
    void what_the_store_keeps_of_an_answer_is_verified_without_the_service() throws Exception {
        String raw = StrictJson.text(log.append(LEAF).raw());
        RekorKeys keys = keysOf(service);
        service.close();
        assertThat(keys.fault(raw, hash(LEAF))).isNull();
        assertThat(keys.fault(raw, hash(leaf(1)))).contains("is not of what the store sent");
        assertThat(keys.fault(raw.replace("\"integratedTime\":", "\"integratedTime\":1"), hash(LEAF)))
                .contains("signedEntryTimestamp");
        assertThat(keys.fault("{", hash(LEAF))).isEqualTo("is not JSON");
    }

    @Test
    void a_key_file_holds_one_or_more_keys_and_is_named_when_it_does_not() throws Exception {
        Path file = folder.resolve("keys.pem");
        ConfiguredPath named = new ConfiguredPath(file, "TEST_KEY");
        Files.writeString(file, RekorServer.pem(RekorServer.newKey()) + "\n" + service.publicKeyPem());
        try (TransparencyLog other = log(RekorKeys.read(named))) {
            other.append(LEAF);
            assertThat(other.readBack(hash(LEAF), 0)).isNull();
        }
        for (String wrong :
                new String[] {"", "x", RekorServer.pem(RekorServer.newKey()).replace("M", "N")}) {
            Files.writeString(file, wrong);
            assertThatExceptionOfType(KeyRefused.class)
                    .isThrownBy(() -> RekorKeys.read(named))
                    .withMessageContaining("TEST_KEY")
                    .withMessageContaining("/api/v1/log/publicKey");
        }
        Files.delete(file);
        assertThatExceptionOfType(OperatorError.class)
                .isThrownBy(() -> RekorKeys.read(named))
                .withMessageContaining("TEST_KEY");
    }

    @Test
    void the_key_of_the_public_service_is_the_one_whose_id_its_entries_name() {
        assertThat(RekorKeys.ofPublicService().idBeginningWith("c0d23d6a"))
                .isEqualTo("c0d23d6ad406973f9559f3ba2d1ca01f84147d8ffc5b8445c224f98b9591801d");
    }

    @Test
    void a_read_only_log_writes_nothing_into_the_key_folder() throws Exception {
        log.append(LEAF);
        URI address = URI.create("http://127.0.0.1:" + service.port());
        try (TransparencyLog reading = TransparencyLogs.rekorReadOnly(address, keysOf(service), folder)) {
            assertThat(reading.readBack(hash(LEAF), 0)).isNull();
            assertThat(folder).isEmptyDirectory();
        }
        assertThat(readBack(LEAF, 0)).isNull();
        assertThat(folder.resolve("rekor.json")).exists();
        Files.writeString(folder.resolve("rekor.json"), "{}");
        assertThatExceptionOfType(LogUnavailable.class)
                .isThrownBy(() -> readBack(LEAF, 0))
                .withMessageContaining("restore it from a backup");
    }

    @Test
    void an_entry_that_the_service_lost_or_replaced_is_not_held_and_silence_says_nothing() throws Exception {
        log.append(leaf(1));
        service.loseEntries();
        assertThat(readBack(1, 0)).contains("the service lost or replaced entries");
        log.append(leaf(2));
        assertThat(readBack(1, 0)).contains("the service lost or replaced entries");
        service.close();
        assertThatExceptionOfType(LogUnavailable.class).isThrownBy(() -> readBack(1, 0));
    }

    private @Nullable String readBack(int number, long index) throws LogUnavailable {
        return readBack(leaf(number), index);
    }

    private @Nullable String readBack(LogLeaf leaf, long index) throws LogUnavailable {
        return log.readBack(hash(leaf), index);
    }

    private static String hash(LogLeaf leaf) {
        return Digests.sha256Hex(CanonicalJson.bytes(leaf.payload()));
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
