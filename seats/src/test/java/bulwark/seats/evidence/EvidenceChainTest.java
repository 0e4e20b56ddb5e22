package bulwark.seats.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.evidence.store.StoreLocation;
import bulwark.seats.store.SeatStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is done to the files of a chain of evidence is found. */
@Timeout(120)
class EvidenceChainTest {
    private static final int BUNDLES = 7;

    @TempDir
    Path folder;

    private SeatStore store;
    private Path files;

    @BeforeEach
    void write() {
        StoreLocation location = StoreLocation.file(folder.resolve("seats.db"));
        SeatStore.deploy(location, "", Clock.systemUTC());
        store = SeatStore.open(location, "", Clock.systemUTC());
        files = folder.resolve("evidence");
        BundleWriter evidence = open();
        for (int i = 1; i <= BUNDLES; i++) {
            record(evidence, "subject-" + i);
        }
    }

    @AfterEach
    void close() {
        store.close();
    }

    private BundleWriter open() {
        return BundleWriter.open(store, files, Clock.systemUTC());
    }

    private static String record(BundleWriter evidence, String subject) {
        List<String> written = new ArrayList<>();
        evidence.record(
                List.of(new BundleWriter.Draft(subject, "deposit", Map.of("seat", "7", "calls", List.of("0x00")))),
                (tx, hashes) -> written.addAll(hashes));
        return written.getFirst();
    }

    private List<String> problems() {
        return new EvidenceVerifier(
                        files,
                        store.audited().heads().storeId(),
                        store.audited().heads().keys())
                .problems(store.audited().store(), SeatStore.AUDIT_TABLE);
    }

    private Path file(int number) {
        return files.resolve(String.format("%010d.json", number));
    }

    private void put(int number, byte[] bytes) throws IOException {
        Files.deleteIfExists(file(number));
        Files.write(file(number), bytes);
    }

    @Test
    void a_chain_that_nobody_touched_is_whole_and_its_files_can_be_read_only() throws IOException {
        assertThat(problems()).isEmpty();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file(1))))
                .isEqualTo("r--r-----");
    }

    @Test
    void every_edit_of_every_file_is_found() throws IOException {
        Random random = new Random(11);
        for (int i = 0; i < 120; i++) {
            int number = 1 + random.nextInt(BUNDLES);
            byte[] whole = Files.readAllBytes(file(number));
            byte[] edited = whole.clone();
            edited[random.nextInt(edited.length)] ^= (byte) (1 << random.nextInt(7));
            put(number, edited);
            assertThat(problems())
                    .as(new String(edited, StandardCharsets.ISO_8859_1))
                    .isNotEmpty();
            put(number, whole);
        }
        assertThat(problems()).isEmpty();
    }

    @Test
    void a_file_that_is_missing_exchanged_cut_or_put_behind_the_end_is_found() throws IOException {
        for (int number = 1; number <= BUNDLES; number++) {
            byte[] whole = Files.readAllBytes(file(number));
            Files.delete(file(number));
            assertThat(problems()).anyMatch(problem -> problem.contains("is missing"));
            put(number, java.util.Arrays.copyOf(whole, whole.length / 2));
            assertThat(problems()).isNotEmpty();
            int other = number % BUNDLES + 1;
            byte[] exchanged = Files.readAllBytes(file(other));
            put(number, exchanged);
            put(other, whole);
            assertThat(problems()).hasSizeGreaterThanOrEqualTo(2);
            put(number, whole);
            put(other, exchanged);
            Files.copy(file(number), file(BUNDLES + 1), StandardCopyOption.REPLACE_EXISTING);
            assertThat(problems()).anyMatch(problem -> problem.contains("no bundle that the store knows"));
            Files.delete(file(BUNDLES + 1));
        }
        assertThat(problems()).isEmpty();
    }

    @Test
    void a_chain_that_was_cut_in_files_and_rows_is_found_by_the_audit_log() throws IOException {
        store.audited().store().write(tx -> {
            tx.statement("DROP TRIGGER evidence_bundles_no_delete").executeUpdate();
            tx.statement("DELETE FROM evidence_bundles WHERE number = " + BUNDLES)
                    .executeUpdate();
            return 0;
        });
        Files.delete(file(BUNDLES));
        assertThat(problems()).anyMatch(problem -> problem.contains("was cut"));
    }

    @Test
    void rows_of_bundles_cannot_be_changed() {
        assertThatThrownBy(() -> store.write(tx ->
                        tx.statement("UPDATE evidence_bundles SET action = 'x'").executeUpdate()))
                .hasMessageContaining("append-only");
        assertThatThrownBy(() -> store.write(
                        tx -> tx.statement("DELETE FROM evidence_bundles").executeUpdate()))
                .hasMessageContaining("append-only");
    }

    @Test
    void a_file_whose_row_a_kill_prevented_is_taken_up_and_not_written_again() {
        BundleWriter evidence = open();
        assertThatThrownBy(() -> evidence.record(
                        List.of(new BundleWriter.Draft("killed", "deposit", Map.of("seat", "8"))), (tx, hashes) -> {
                            throw new IllegalStateException("killed");
                        }))
                .hasMessage("killed");
        assertThat(file(BUNDLES + 1)).exists();
        assertThat(problems()).isEmpty();

        BundleWriter next = open();
        assertThat(next.adopted()).containsExactly("killed");
        String again = record(next, "killed");
        assertThat(file(BUNDLES + 2)).doesNotExist();
        assertThat(again).hasSize(64);
        assertThat(problems()).isEmpty();
    }

    @Test
    void a_foreign_file_where_the_next_bundle_goes_stops_the_sender() throws IOException {
        Files.writeString(file(BUNDLES + 1), "{}");
        assertThatThrownBy(this::open).isInstanceOf(EvidenceRefused.class).hasMessageContaining("evidence verify");
    }
}
