package bulwark.facts.identity;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.time.SettableClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class KeyExpiryMonitorTest {
    @TempDir
    Path folder;

    private final SettableClock clock = new SettableClock(TestNode.START);
    private final Metrics metrics = new Metrics();

    @Test
    void ages_and_ends_of_both_keys_are_metrics_and_warn_before_the_end() {
        try (TestNode node = TestNode.start(folder, clock)) {
            KeyExpiryMonitor ages = new KeyExpiryMonitor(node.identity().keys(), metrics, clock);
            clock.advance(Duration.ofDays(75));
            assertThat(ages.warnings()).isEmpty();
            assertThat(metrics.scrape())
                    .contains("stigmem_key_age_seconds{kind=\"node\"} 6480000.0")
                    .contains("stigmem_key_expires_seconds{kind=\"issuer\"} 1296000.0");
            clock.advance(Duration.ofDays(2));
            assertThat(ages.warnings())
                    .singleElement()
                    .asString()
                    .contains("issuer: its life ends in 13 days", "stigmem identity rotate-key --kind issuer");
            node.rotate(KeyKind.ISSUER);
            assertThat(ages.warnings()).isEmpty();
            clock.advance(Duration.ofDays(95));
            assertThat(ages.warnings()).anyMatch(line -> line.contains("issuer: its life ended 5 days ago"));
        }
    }

    @Test
    void further_expiries_are_monitored() {
        try (TestNode node = TestNode.start(folder, clock)) {
            KeyExpiryMonitor ages = new KeyExpiryMonitor(node.identity().keys(), metrics, clock);
            ages.watch(
                    "certificate",
                    () -> Optional.of(
                            new KeyExpiryMonitor.Span(null, TestNode.START.plus(Duration.ofDays(3)), "Renew it.")));
            ages.watch("api_key", Optional::empty);
            assertThat(ages.warnings()).singleElement().asString().contains("certificate", "3 days", "Renew it.");
            assertThat(metrics.scrape()).contains("stigmem_key_expires_seconds{kind=\"certificate\"} 259200.0");
        }
    }
}
