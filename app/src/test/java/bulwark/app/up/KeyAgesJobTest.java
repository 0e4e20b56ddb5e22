package bulwark.app.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.keys.Expiry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KeyAgesJobTest {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

    @Test
    void every_part_is_asked_and_what_is_near_its_end_is_warned_of() throws Exception {
        Part near = part(new NamedExpiry("the near key", expiry(Duration.ofDays(300), Duration.ofDays(3))));
        Part far = part(new NamedExpiry("the far key", expiry(Duration.ofDays(30), Duration.ofDays(300))));

        Map<?, ?> result = (Map<?, ?>) KeyAgesJob.of(List.of(near, far)).work().run(run(() -> {}));

        assertThat(result.get("checked"))
                .isEqualTo(List.of(
                        Map.of("what", "the near key", "age_days", 300L, "days_left", 3L),
                        Map.of("what", "the far key", "age_days", 30L, "days_left", 300L)));
        assertThat(result.get("warnings")).isEqualTo(List.of("the near key expires in 3 days. Renew it."));
    }

    @Test
    void what_has_no_known_beginning_has_no_age() throws Exception {
        Part part = part(new NamedExpiry("a key", new Expiry(null, NOW.plus(Duration.ofDays(90)), "Renew it.")));

        Map<?, ?> result = (Map<?, ?>) KeyAgesJob.of(List.of(part)).work().run(run(() -> {}));

        assertThat(result.get("checked")).isEqualTo(List.of(Map.of("what", "a key", "days_left", 90L)));
    }

    @Test
    void a_run_that_shall_end_asks_no_part() {
        Part part = new TestPart() {
            @Override
            public List<NamedExpiry> expiries(StateFolder state, Clock clock) {
                throw new AssertionError("asked");
            }
        };
        Runnable cancelled = () -> {
            throw new IllegalStateException("cancelled");
        };

        assertThatThrownBy(() -> KeyAgesJob.of(List.of(part)).work().run(run(cancelled)))
                .hasMessage("cancelled");
    }

    private static Expiry expiry(Duration age, Duration left) {
        return new Expiry(NOW.minus(age), NOW.plus(left), "Renew it.");
    }

    private static PlatformJob.Run run(Runnable checkpoint) {
        return new PlatformJob.Run(new StateFolder(Path.of("/none")), Clock.fixed(NOW, ZoneOffset.UTC), checkpoint);
    }

    private static Part part(NamedExpiry... expiries) {
        return new TestPart() {
            @Override
            public List<NamedExpiry> expiries(StateFolder state, Clock clock) {
                return List.of(expiries);
            }
        };
    }

    private abstract static class TestPart implements Part {
        @Override
        public String name() {
            return "test";
        }

        @Override
        public List<Class<?>> commands() {
            return List.of();
        }

        @Override
        public PartDeclaration declaration() {
            throw new UnsupportedOperationException();
        }

        @Override
        public String ports() {
            return "none";
        }

        @Override
        public ProvisionedPart provision(StateFolder state, int portBase, Clock clock) {
            throw new UnsupportedOperationException();
        }
    }
}
