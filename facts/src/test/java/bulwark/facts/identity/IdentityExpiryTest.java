package bulwark.facts.identity;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.keys.ExpiryMonitor;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.time.SettableClock;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class IdentityExpiryTest {
    @TempDir
    Path folder;

    private final SettableClock clock = new SettableClock(TestNode.START);
    private final Metrics metrics = new Metrics();

    @Test
    void both_keys_and_manifests_are_metrics_and_warn_before_they_expire() {
        try (TestNode node = TestNode.start(folder, clock);
                ExpiryMonitor monitor = new ExpiryMonitor("facts", metrics, clock)) {
            node.identity().watch(monitor);
            clock.advance(Duration.ofDays(75));
            assertThat(monitor.warnings()).isEmpty();
            assertThat(metrics.scrape())
                    .contains("bulwark_expires_seconds{kind=\"issuer\",part=\"facts\"} 1296000.0")
                    .contains("bulwark_expires_seconds{kind=\"node_manifest\",part=\"facts\"} 2.5056E7");
            clock.advance(Duration.ofDays(2));
            assertThat(monitor.warnings())
                    .containsExactly("issuer: expires in 13 days. Run: stigmem identity rotate-key --kind issuer");
            node.rotate(KeyKind.ISSUER);
            assertThat(monitor.warnings()).isEmpty();
            clock.advance(Duration.ofDays(95));
            assertThat(monitor.warnings()).anyMatch(line -> line.contains("issuer: expired 5 days ago"));
        }
    }
}
