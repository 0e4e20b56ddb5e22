package bulwark.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import bulwark.doctor.bundle.OwnerSocketLog;
import bulwark.doctor.bundle.PostureArchive;
import bulwark.doctor.bundle.PosturePolicy;
import bulwark.doctor.bundle.PostureStatement;
import bulwark.doctor.verify.PostureVerifier;
import bulwark.doctor.verify.VerifiedPosture;
import bulwark.facts.node.FactsNode;
import bulwark.kernel.process.RunFile;
import bulwark.kernel.signing.Signing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A statement in the log of a running node. */
@Timeout(120)
class KeptStatementTest {
    private static final Map<String, String> SETTINGS = Map.of(
            "STIGMEM_PORT", "0",
            "STIGMEM_LOCAL_HTTP_PORT", "0",
            "STIGMEM_NODE_URL", "http://localhost",
            "STIGMEM_ADMIN_KEY", "an-admin-key-of-this-test-0123456789");

    @TempDir
    Path folder;

    private Path write(OwnerSocketLog log) throws IOException {
        Instant now = Instant.now();
        try (PostureArchive archive = PostureArchive.open(folder.resolve("doctor"), Clock.systemUTC())) {
            return archive.write(
                    folder.resolve("out"),
                    new byte[] {'{', '}'},
                    Map.of(),
                    new PostureStatement.Visited("state", "visit", now, now),
                    new PostureStatement.Verdicts(
                            List.of("HOST-FILES-01"), List.of(), List.of(), List.of(), List.of(), List.of()),
                    log);
        }
    }

    @Test
    void the_log_of_the_deployment_keeps_it_and_its_checkpoint_is_cosigned() throws Exception {
        FactsNode node = FactsNode.start(SETTINGS, folder, Clock.systemUTC());
        Path socket;
        Path bundle;
        try {
            socket = RunFile.ofRunning(folder.resolve("stigmem.db"))
                    .orElseThrow()
                    .socket();
            bundle = write(new OwnerSocketLog(socket));
        } finally {
            node.close();
        }
        assertThat(Files.readString(folder.resolve("stigmem_tl.jsonl"))).contains("\"dsseV002\"");
        PosturePolicy policy = PosturePolicy.parse(Files.readAllBytes(folder.resolve("doctor/policy")));
        VerifiedPosture verified =
                new PostureVerifier(policy, Signing.fastest()).verify(Files.readAllBytes(bundle), Instant.now());
        assertThat(verified.proof().checkpoint().size()).isGreaterThan(1);
        assertThatExceptionOfType(Exception.class).isThrownBy(() -> write(new OwnerSocketLog(socket)));
        assertThat(folder.resolve("out")).isDirectoryNotContaining("glob:**.new");
    }
}
