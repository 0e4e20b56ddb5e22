package bulwark.app.stigmem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.app.up.NamedExpiry;
import bulwark.app.up.PlatformJob;
import bulwark.kernel.time.SettableClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the platform does for the fact node, against a node in this process. */
@Timeout(120)
class PlatformJobsTest {
    @TempDir
    Path root;

    @Test
    void each_export_begins_where_the_one_before_ended() throws Exception {
        SettableClock clock = new SettableClock(Clock.systemUTC().instant());
        try (ProvisionedNode node = new ProvisionedNode(root)) {
            PlatformJob.Run run = new PlatformJob.Run(node.state, clock, () -> {});
            PlatformJob job = node.part.jobs().getFirst();

            Map<?, ?> first = rows(job.work().run(run));
            clock.advance(Duration.ofSeconds(1));
            assertThat(node.stigmem("snapshot", "create", "--out", "copy.tar.gz")
                            .code())
                    .isZero();
            Map<?, ?> second = rows(job.work().run(run));

            assertThat((Long) first.get("rows")).isPositive();
            assertThat(first.get("since_seq")).isEqualTo(0L);
            assertThat((Long) second.get("since_seq")).isPositive();
            assertThat((Long) second.get("rows")).as("the row of the snapshot").isPositive();
            assertThat(exports()).hasSize(4);
        }
    }

    @Test
    void a_node_that_does_not_run_is_not_exported() throws Exception {
        ProvisionedNode node = new ProvisionedNode(root);
        node.close();
        PlatformJob job = node.part.jobs().getFirst();

        assertThatThrownBy(() -> job.work().run(new PlatformJob.Run(node.state, Clock.systemUTC(), () -> {})))
                .hasMessage("the fact node is not running: nothing was exported");
        assertThat(exports()).isEmpty();
    }

    @Test
    void the_ends_of_the_nodes_keys_and_certificates_are_read_from_the_running_node() throws Exception {
        try (ProvisionedNode node = new ProvisionedNode(root)) {
            List<NamedExpiry> expiries = node.part.expiries(node.state, Clock.systemUTC());

            assertThat(expiries)
                    .extracting(NamedExpiry::what)
                    .contains("the certificate ca.crt", "the certificate node.crt", "the fact node's certificate");
            assertThat(expiries)
                    .allSatisfy(one -> assertThat(one.expiry().expires())
                            .isAfter(Clock.systemUTC().instant()));
        }
    }

    private static Map<?, ?> rows(Object result) {
        return (Map<?, ?>) ((Map<?, ?>) result).get("fact_audit_log");
    }

    private List<Path> exports() throws IOException {
        try (var files = Files.list(root.resolve("exports"))) {
            return files.toList();
        }
    }
}
