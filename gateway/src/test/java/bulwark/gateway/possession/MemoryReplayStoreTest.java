package bulwark.gateway.possession;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.possession.ProofReplayStore.Answer;
import bulwark.gateway.possession.ProofReplayStore.Caller;
import bulwark.kernel.time.SettableClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class MemoryReplayStoreTest {
    private static final Duration REMEMBERED = Duration.ofMinutes(10);

    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-27T12:00:00Z"));
    private final MemoryReplayStore store = new MemoryReplayStore(1_000, clock);

    private Answer remember(String tenant, String principal, int proof) {
        return store.remember(
                new Caller(tenant, principal),
                tenant + principal + proof,
                clock.instant().plus(REMEMBERED));
    }

    @Test
    void one_caller_has_a_tenth_and_one_tenant_half_and_all_of_it_is_free_again_in_time() {
        for (int round = 0; round < 2; round++) {
            for (int caller = 0; caller < 6; caller++) {
                for (int i = 0; i < 100; i++) {
                    assertThat(remember("acme", "u" + caller, i))
                            .isEqualTo(caller < 5 ? Answer.FIRST : Answer.SHARE_USED_UP);
                }
                assertThat(remember("acme", "u" + caller, 100)).isEqualTo(Answer.SHARE_USED_UP);
            }
            assertThat(remember("acme", "u0", 7))
                    .as("a replay is one, whatever is left")
                    .isEqualTo(Answer.SEEN);
            assertThat(remember("globex", "u0", 1)).isEqualTo(Answer.FIRST);
            clock.advance(REMEMBERED);
        }
    }
}
