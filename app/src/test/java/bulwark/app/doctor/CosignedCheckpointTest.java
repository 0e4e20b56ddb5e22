package bulwark.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.app.CommandResult;
import bulwark.doctor.bundle.DoctorSigner;
import bulwark.doctor.bundle.OwnerSocketLog;
import bulwark.doctor.memory.TreeWitness;
import bulwark.facts.node.FactsNode;
import bulwark.kernel.evidence.tlog.NoteKey;
import bulwark.kernel.evidence.tlog.SignedNote;
import bulwark.kernel.evidence.tlog.TlogCheckpoint;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.process.RunFile;
import bulwark.kernel.signing.Signing;
import bulwark.web.LocalSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** The tree of a running node's log, as a doctor cosigns it from visit to visit. */
@Timeout(600)
class CosignedCheckpointTest {
    private static final Map<String, String> SETTINGS = Map.of(
            "STIGMEM_PORT", "0",
            "STIGMEM_LOCAL_HTTP_PORT", "0",
            "STIGMEM_NODE_URL", "http://localhost",
            "STIGMEM_ADMIN_KEY", "an-admin-key-of-this-test-0123456789");

    @TempDir
    Path folder;

    private FactsNode node;
    private Path socket;
    private OwnerSocketLog log;
    private SignedNote before;

    @BeforeEach
    void visit() throws Exception {
        node = FactsNode.start(SETTINGS, folder.resolve("facts"), Clock.systemUTC());
        socket = RunFile.ofRunning(folder.resolve("facts/stigmem.db"))
                .orElseThrow()
                .socket();
        log = new OwnerSocketLog(socket);
        before = log.newest(0).note();
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private void grow() {
        assertThat(LocalSocket.call(
                                socket,
                                "POST",
                                "/local/log/statement",
                                StrictJson.write(Map.of(
                                        "entry",
                                        Map.of("kind", "dsse", "apiVersion", "0.0.2", "spec", Map.of("a", 1)))))
                        .status())
                .isEqualTo(201);
    }

    /** What the memory would hold had the log signed this. */
    private String remembered(String origin, long size, byte[] root) {
        return new SignedNote(new TlogCheckpoint(origin, size, root).text(), before.lines()).note();
    }

    @Test
    void a_tree_that_grew_is_cosigned_and_others_verify_the_line() throws Exception {
        grow();
        OwnerSocketLog.Newest newest = log.newest(TreeWitness.size(before.note()));
        assertThat(newest.tree().size()).isGreaterThan(TreeWitness.size(before.note()));
        assertThat(TreeWitness.contradiction(before.note(), newest.tree(), newest.consistency()))
                .isEmpty();
        DoctorSigner doctor = DoctorSigner.open(folder.resolve("posture"), Clock.systemUTC());
        Instant now = Instant.ofEpochSecond(Instant.now().getEpochSecond());
        SignedNote cosigned =
                SignedNote.parse(doctor.cosigner().cosign(newest.note(), now).note());
        NoteKey.Verified verified = doctor.key().verify(cosigned, newest.tree(), Signing.fastest());
        assertThat(verified).isNotNull();
        assertThat(verified.time()).isEqualTo(now);
        assertThat(DoctorSigner.open(folder.resolve("posture"), Clock.systemUTC())
                        .key())
                .isEqualTo(doctor.key());
    }

    @Test
    void a_tree_that_was_cut_forked_or_replaced_is_a_contradiction() throws Exception {
        TlogCheckpoint tree = TlogCheckpoint.parse(before.text());
        grow();
        byte[] other = tree.root();
        other[0] ^= 1;
        String forked = remembered(tree.origin(), tree.size(), other);
        OwnerSocketLog.Newest newest = log.newest(TreeWitness.size(forked));
        assertThat(TreeWitness.contradiction(forked, newest.tree(), newest.consistency()))
                .hasValueSatisfying(sentence -> assertThat(sentence).contains("forked"));
        String longer = remembered(tree.origin(), 1_000_000, other);
        newest = log.newest(TreeWitness.size(longer));
        assertThat(newest.consistency()).isNull();
        assertThat(TreeWitness.contradiction(longer, newest.tree(), newest.consistency()))
                .hasValueSatisfying(sentence -> assertThat(sentence).contains("1000000", "rolled back"));
        String elsewhere = remembered("bulwark.dev/log/other", tree.size(), tree.root());
        newest = log.newest(tree.size());
        assertThat(TreeWitness.contradiction(elsewhere, newest.tree(), newest.consistency()))
                .hasValueSatisfying(sentence -> assertThat(sentence).contains("another log"));
        assertThatThrownBy(() -> TreeWitness.size("no note")).hasMessageContaining("memory");
    }

    @Test
    void each_visit_cosigns_what_continues_the_last_one_by_a_target_file_that_names_the_node() throws Exception {
        TargetFixture doctor = new TargetFixture(folder);
        String[] init = {"target", "init", "t.yaml", "--state", folder.toString()};
        CommandResult written = doctor.doctor(init);
        assertThat(written.code()).as(written.err()).isZero();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("t.yaml"))))
                .isEqualTo("rw-------");
        assertThat(doctor.doctor(init).err()).contains("is there already");
        String[] visit = {"--json", "--only", "FACTS-LOG-02", "--target", "t.yaml"};
        CommandResult first = doctor.doctor(visit);
        assertThat(first.code()).as(first.out() + first.err()).isZero();
        assertThat(first.out()).contains("is the first that this doctor cosigns");
        grow();
        assertThat(doctor.doctor(visit).out()).contains("continues the last one that this doctor cosigns");
        forgeMemory();
        CommandResult forked = doctor.doctor(visit);
        assertThat(forked.code()).as(forked.out()).isEqualTo(1);
        assertThat(forked.out()).contains("forked", "Both signed checkpoints are kept in ");
        try (Stream<Path> kept = Files.walk(doctor.memory())) {
            assertThat(kept.map(Path::toString)).anyMatch(name -> name.contains("proof-facts-tree-"));
        }
    }

    /** As if the log had signed another tree of that size. */
    private void forgeMemory() throws Exception {
        Path file;
        try (Stream<Path> all = Files.walk(new TargetFixture(folder).memory())) {
            file = all.filter(path -> path.endsWith("memory.json")).findFirst().orElseThrow();
        }
        ObjectNode memory = (ObjectNode) StrictJson.parse(Files.readAllBytes(file));
        ObjectNode checkpoints = (ObjectNode) memory.path("checkpoints");
        TlogCheckpoint tree = TlogCheckpoint.parse(
                SignedNote.parse(checkpoints.path("facts").asString("")).text());
        byte[] other = tree.root();
        other[31] ^= 1;
        checkpoints.put("facts", remembered(tree.origin(), tree.size(), other));
        Files.writeString(file, StrictJson.pretty(memory));
    }

    @Test
    void a_log_that_does_not_answer_cannot_be_looked_at() {
        assertThatThrownBy(() -> new OwnerSocketLog(folder.resolve("none.sock")).newest(0))
                .hasMessageContaining("nobody listens");
    }
}
