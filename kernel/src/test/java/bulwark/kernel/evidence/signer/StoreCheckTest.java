package bulwark.kernel.evidence.signer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import bulwark.kernel.concurrent.EssentialThread;
import bulwark.kernel.evidence.heads.ChainHead;
import bulwark.kernel.evidence.heads.LogKeys;
import bulwark.kernel.evidence.heads.SignedHeads;
import bulwark.kernel.evidence.heads.StoreCheck;
import bulwark.kernel.evidence.log.LogLeaf;
import bulwark.kernel.evidence.log.LogRecord;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Digests;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.storage.StoreFailed;
import bulwark.kernel.storage.StoreRefused;
import bulwark.testkit.FolderImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What somebody can do who writes the store and the log and holds no key, and who finds it. */
@Timeout(60)
class StoreCheckTest {
    @TempDir
    Path folder;

    @TempDir
    Path elsewhere;

    private @Nullable SignedStore signed;

    @AfterEach
    void close() {
        if (signed != null) {
            signed.close();
        }
    }

    /** Three rows, signed twice, closed in good order. */
    private SignedStore filled(@Nullable Path secondPlace) {
        signed = new SignedStore(folder, secondPlace).open();
        signed.rows(2);
        assertThat(signed.signer.signNow()).isTrue();
        signed.rows(1);
        assertThat(signed.signer.signNow()).isTrue();
        assertThat(signed.fsck()).isEmpty();
        return signed;
    }

    private void startIsRefused(String because) {
        assertThatThrownBy(() -> signed.open())
                .isInstanceOf(StoreRefused.class)
                .hasMessageContaining(because)
                .hasMessageContaining(SignedStore.SETTING);
    }

    private List<String> lines() throws IOException {
        return Files.readAllLines(signed.logFile);
    }

    @Test
    void the_first_leaf_of_a_store_is_its_origin_and_all_leaves_form_a_chain() throws IOException {
        filled(null);
        assertThat(lines()).hasSize(3);
        assertThat(lines().get(0))
                .contains("bulwark.log_origin", "\"origin\":\"created\"", signed.signer.storeId(), "public_key");
        assertThat(lines().get(2)).contains("bulwark.signed_heads", "\"seq\":3", "previous_leaf_hash");
        assertThat(signed.signer.signNow()).as("nothing moved").isTrue();
        assertThat(lines()).hasSize(3);
        signed.close();
        signed.open();
        assertThat(signed.fsck()).isEmpty();
    }

    @Test
    void the_newest_signed_heads_and_the_store_id_lie_owner_only_in_the_key_folder() throws IOException {
        Path second = elsewhere.resolve("head.json");
        filled(second);
        Path keys = signed.scope.keyFolder();
        for (Path file : List.of(keys.resolve("head.json"), keys.resolve("store.json"), second)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
        }
        assertThat(Files.readString(second)).isEqualTo(Files.readString(keys.resolve("head.json")));
    }

    @Test
    void heads_are_signed_by_time_without_anybody_asking() {
        signed = new SignedStore(folder, null).open();
        signed.signer.start(Duration.ofMillis(20));
        signed.rows(2);
        await().atMost(Duration.ofSeconds(20))
                .until(() -> Files.readString(signed.logFile).contains("\"seq\":2"));
    }

    @Test
    void an_error_in_the_signer_ends_nothing_and_health_says_so() {
        signed = new SignedStore(folder, null).open();
        AtomicBoolean failing = new AtomicBoolean(true);
        signed.signer.expect("test_audit", () -> {
            if (failing.compareAndSet(true, false)) {
                throw new StackOverflowError("made up");
            }
            return signed.audit.written();
        });
        signed.signer.start(Duration.ofMillis(20));
        signed.rows(2);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> Files.readString(signed.logFile).contains("\"seq\":2"));
        assertThat(EssentialThread.problems()).anyMatch(problem -> problem.contains("head-signer"));
    }

    @Test
    void a_deleted_log_is_found_by_fsck_and_refuses_the_start() throws IOException {
        filled(null);
        Files.delete(signed.logFile);
        assertThat(signed.fsck()).anyMatch(sentence -> sentence.contains("cut, replaced or deleted"));
        signed.signer = null;
        signed.close();
        startIsRefused("cut, replaced or deleted");
    }

    @Test
    void a_log_without_its_last_line_is_found_by_fsck_and_refuses_the_start() throws IOException {
        filled(null);
        Files.write(signed.logFile, lines().subList(0, 2));
        assertThat(signed.fsck()).anyMatch(sentence -> sentence.contains("does not hold leaf 2"));
        signed.signer = null;
        signed.close();
        startIsRefused("does not hold leaf 2");
    }

    @Test
    void a_torn_last_line_counts_as_missing_and_a_torn_line_in_the_middle_hides_nothing() throws IOException {
        filled(null);
        List<String> whole = lines();
        Files.writeString(
                signed.logFile, whole.get(0) + "\n{\"index\":1,\"ts\n" + whole.get(1) + "\n" + whole.get(2) + "\n");
        assertThat(signed.fsck()).isEmpty();
        Files.writeString(
                signed.logFile,
                whole.get(0) + "\n" + whole.get(1) + "\n" + whole.get(2).substring(0, 90));
        assertThat(signed.fsck()).anyMatch(sentence -> sentence.contains("does not hold leaf 2"));
        signed.signer = null;
        signed.close();
        startIsRefused("does not hold leaf 2");
    }

    @Test
    void a_log_without_a_leaf_in_its_middle_is_found() throws IOException {
        filled(null);
        Files.write(signed.logFile, List.of(lines().get(0), lines().get(2)));
        assertThat(signed.fsck()).anyMatch(sentence -> sentence.contains("does not follow the one before it"));
    }

    @Test
    void rows_that_were_cut_off_after_they_were_signed_refuse_the_start() {
        filled(null).close();
        signed.plant("DELETE FROM test_audit WHERE seq = 3");
        startIsRefused("row 3 is missing");
    }

    @Test
    void store_and_log_forged_together_without_the_key_are_found() throws IOException {
        filled(null).close();
        signed.plant("UPDATE test_audit SET row_hash = 'forged' WHERE seq = 3");
        Files.write(signed.logFile, forged(lines(), "forged"));
        signed.clock.advance(Duration.ofSeconds(1));
        startIsRefused("signature that does not verify");
    }

    /** The log anew with another row hash in its last leaf, every hash recomputed: all that can be done without a key. */
    private static List<String> forged(List<String> lines, String rowHash) {
        List<String> out = new ArrayList<>();
        LogRecord lastRecord = null;
        for (int i = 0; i < lines.size(); i++) {
            LogRecord line = LogRecord.parse(lines.get(i).getBytes(StandardCharsets.UTF_8));
            Map<String, Object> payload = new LinkedHashMap<>(line.payload());
            if (i == lines.size() - 1) {
                payload.put("heads", Map.of("test_audit", Map.of("seq", 3, "hash", rowHash)));
            }
            lastRecord = LogRecord.after(
                    lastRecord, line.ts(), new LogLeaf(payload, "heads:" + LogRecord.leafHash(payload)), null);
            out.add(new String(lastRecord.bytes(), StandardCharsets.UTF_8).strip());
        }
        return out;
    }

    @Test
    void a_leaf_that_only_names_the_store_is_no_newest_head_of_it() throws IOException {
        filled(null);
        String storeId = signed.signer.storeId();
        LogKeys keys = LogKeys.verifyOnly(signed.scope.keyFolder(), Signing.fastest());
        String forged = lines().getLast().replace("\"seq\":3", "\"seq\":1");
        Files.writeString(signed.logFile, String.join("\n", lines()) + "\n" + forged + "\n");

        StoreCheck.LoggedHead logged = StoreCheck.newestSigned(signed.logFile, storeId, "test_audit", keys);
        assertThat(logged.head()).map(ChainHead::seq).contains(3L);
        assertThat(logged.onlyClaimed()).isFalse();

        Files.writeString(signed.logFile, forged + "\n");
        StoreCheck.LoggedHead claimed = StoreCheck.newestSigned(signed.logFile, storeId, "test_audit", keys);
        assertThat(claimed.head()).isEmpty();
        assertThat(claimed.onlyClaimed()).isTrue();
    }

    @Test
    void no_row_of_the_store_decides_what_of_the_log_counts() {
        filled(null).close();
        signed.plant("DELETE FROM test_audit", "DELETE FROM store_identity", "DELETE FROM log_position");
        startIsRefused("another store or an empty one lies in its place");
        signed.plant("INSERT INTO store_identity VALUES (1, 'store-of-the-forger', 'now')");
        startIsRefused("the store says that it is store-of-the-forger");
    }

    @Test
    void a_new_store_may_share_the_log_of_an_earlier_one_whose_leaves_are_not_its_own() throws IOException {
        filled(null).close();
        String earlier = Files.readString(signed.scope.keyFolder().resolve("store.json"));
        for (String gone : List.of("s.db", "s.db-wal", "s.db-shm")) {
            Files.deleteIfExists(folder.resolve(gone));
        }
        Files.move(signed.scope.keyFolder(), elsewhere.resolve("keys"));
        signed.open();
        signed.rows(1);
        signed.signer.signNow();
        assertThat(earlier).doesNotContain(signed.signer.storeId());
        assertThat(signed.fsck()).isEmpty();
    }

    @Test
    void a_rollback_of_the_whole_folder_is_found_by_the_second_place_alone() throws IOException {
        Path second = elsewhere.resolve("head.json");
        filled(second).close();
        Path backup = elsewhere.resolve("backup");
        FolderImage.copyTree(folder, backup);
        signed.open();
        signed.rows(2);
        signed.close();
        try (var files = Files.walk(folder)) {
            files.sorted(java.util.Comparator.reverseOrder())
                    .filter(path -> !path.equals(folder))
                    .forEach(path -> path.toFile().delete());
        }
        FolderImage.copyTree(backup, folder);
        startIsRefused("does not hold leaf 3");
        try (SignedStore without = new SignedStore(folder, null).open()) {
            assertThat(without.fsck()).as("nothing in the folder shows it").isEmpty();
        }
    }

    @Test
    void heads_that_the_second_place_missed_are_kept_there_as_soon_as_it_can_be_written() throws IOException {
        Path place = elsewhere.resolve("mount").resolve("head.json");
        signed = new SignedStore(folder, place).open();
        signed.rows(1);
        assertThat(signed.signer.signNow()).as("nothing is mounted there").isFalse();
        Files.createDirectory(place.getParent());
        assertThat(signed.signer.signNow()).as("no row is new").isTrue();
        assertThat(Files.readString(place))
                .isEqualTo(Files.readString(signed.scope.keyFolder().resolve("head.json")));
    }

    @Test
    void what_the_store_says_of_the_log_must_stand_there() {
        filled(null);
        signed.plant("UPDATE log_position SET leaf_hash = 'x'");
        assertThat(signed.fsck()).anyMatch(sentence -> sentence.contains("the store says that leaf x stands"));
    }

    @Test
    void a_row_that_was_rewritten_before_it_was_signed_is_found_by_the_running_process() {
        filled(null);
        signed.rows(2);
        signed.plant("UPDATE test_audit SET row_hash = 'other' WHERE seq = 5");
        List<String> told = new ArrayList<>();
        signed.signer.onFinding(told::add);
        assertThat(signed.signer.signNow()).isFalse();
        assertThat(told).singleElement().asString().contains("row 5 is not the one that this process wrote");
        assertThat(signed.signer.problem()).contains("row 5");
        assertThat(signed.signer.signNow()).as("nothing is signed any more").isFalse();
    }

    @Test
    void after_the_last_row_was_deleted_nothing_more_is_written() {
        filled(null);
        signed.plantKeepingTriggers("DROP TRIGGER test_audit_no_delete", "DELETE FROM test_audit WHERE seq = 3");
        assertThat(catchThrowable(() -> signed.rows(1))).isInstanceOf(StoreFailed.class);
        assertThat(catchThrowable(() -> signed.rows(1)))
                .as("a refused row makes the table no more believable")
                .isInstanceOf(StoreFailed.class)
                .hasMessageContaining("ends at row 2 and this process wrote row 3");
        assertThat(signed.audit.problem()).contains("test_audit was changed");
    }

    @Test
    void the_owner_may_go_on_after_a_loss_and_the_loss_stands_signed_in_the_log() throws IOException {
        filled(null).close();
        Files.delete(signed.logFile);
        signed.plant("DELETE FROM test_audit WHERE seq = 3");
        Throwable refusal = catchThrowable(() -> signed.open());
        Matcher word = Pattern.compile(SignedStore.SETTING + "=([0-9a-f]{12})").matcher(refusal.getMessage());
        assertThat(word.find()).isTrue();
        assertThatThrownBy(() -> signed.open("000000000000")).isInstanceOf(StoreRefused.class);
        signed.open(word.group(1));
        assertThat(signed.acceptedLoss).anyMatch(sentence -> sentence.contains("row 3 is missing"));
        signed.rows(3);
        assertThat(signed.signer.signNow()).isTrue();
        assertThat(signed.fsck()).isEmpty();
        assertThat(lines().getFirst()).contains("loss_accepted", "row 3 is missing");
        signed.close();
        signed.open();
        assertThat(signed.fsck()).isEmpty();
    }

    @Test
    void a_store_of_an_older_version_is_signed_from_its_first_start_on() throws IOException {
        signed = new SignedStore(folder, null).open();
        signed.rows(2);
        signed.close();
        Files.delete(signed.logFile);
        FolderImage.copyTree(folder, elsewhere);
        for (String gone : List.of("store.json", "head.json")) {
            Files.delete(signed.scope.keyFolder().resolve(gone));
        }
        signed.plantKeepingTriggers("DELETE FROM store_identity", "DELETE FROM log_position");
        signed.open();
        assertThat(lines()).singleElement().asString().contains("\"origin\":\"upgraded\"", "\"seq\":2");
        assertThat(signed.fsck()).isEmpty();
    }

    @Test
    void a_signature_of_another_purpose_or_another_store_does_not_serve() {
        filled(null);
        SignedHeads heads = SignedHeads.sign(
                signed.signer.keys(),
                null,
                "store-a",
                null,
                List.of(new ChainHead("test_audit", 1, "h")),
                List.of(),
                "2026-05-01T12:00:00+00:00");
        assertThat(heads.fault(signed.signer.keys())).isNull();
        Map<String, Object> other = new LinkedHashMap<>(heads.payload());
        other.put("store_id", "store-b");
        assertThat(SignedHeads.parse(new LinkedHashMap<>(other)).fault(signed.signer.keys()))
                .contains("does not verify");
        other.put("extra", 1);
        assertThat(SignedHeads.parse(new LinkedHashMap<>(other)))
                .as("an unsigned member")
                .isNull();
        assertThat(StrictJson.text(heads.payload())).doesNotContain(Digests.sha256Hex("x"));
    }

    @Test
    void a_head_file_that_cannot_be_read_for_a_while_turns_health_red_and_green_again() throws Exception {
        SignedStore store = filled(null);
        Path head = store.scope.keyFolder().resolve("head.json");
        Path aside = store.scope.keyFolder().resolve("aside");
        Files.move(head, aside);
        Files.createDirectory(head);
        assertThat(store.signer.recheck()).isEmpty();
        assertThat(store.signer.problem()).contains("cannot be read");
        Files.delete(head);
        Files.move(aside, head);

        assertThat(store.signer.recheck()).isEmpty();
        assertThat(store.signer.problem()).isNull();
        store.rows(1);
        assertThat(store.signer.signNow()).isTrue();
        assertThat(store.fsck()).isEmpty();
    }

    @Test
    void a_head_file_beyond_all_bounds_is_a_finding_and_is_not_read_whole() throws Exception {
        SignedStore store = filled(null);
        Files.write(store.scope.keyFolder().resolve("head.json"), new byte[(1 << 20) + 1]);

        assertThat(store.signer.recheck()).singleElement().asString().contains("larger than 1 MiB");
    }
}
