package bulwark.facts.capability;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.facts.identity.KeyKind;
import bulwark.facts.identity.TestNode;
import bulwark.kernel.access.ApiKeys;
import bulwark.kernel.access.Principal;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.time.SettableClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Keys change under traffic, and no caller notices. */
@Timeout(60)
class RotationUnderLoadTest {
    private static final Principal ADMIN =
            new Principal("agent:admin", "default", Set.of("read", "write", "admin"), null);
    private static final CapabilityRequest GRANT =
            new CapabilityRequest(TestNode.URL + "/issuer", TestNode.URL, "read", "stigmem://facts", 3600);

    @TempDir
    Path folder;

    @Test
    void no_token_operation_fails_while_both_keys_rotate() throws Exception {
        SettableClock clock = new SettableClock(TestNode.START);
        try (TestNode node = TestNode.start(folder, clock);
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            CapabilityService capabilities = new CapabilityService(
                    node.store(),
                    node.audit(),
                    ApiKeys.open(node.store(), clock, Duration.ofDays(90)),
                    node.identity().submitter(),
                    node.identity(),
                    node.signing(),
                    clock);
            CapabilityVerifier verifier =
                    new CapabilityVerifier(node.store(), node.audit(), node.identity(), new Metrics(), clock);
            String old = capabilities.issue(ADMIN, GRANT).json();
            AtomicBoolean stop = new AtomicBoolean();
            List<Future<Integer>> work = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                work.add(callers.submit(() -> {
                    int checked = 0;
                    while (!stop.get()) {
                        String fresh = capabilities.issue(ADMIN, GRANT).json();
                        assertThat(verifier.verify(ADMIN, fresh)).isEqualTo(CapabilityVerifier.Verdict.VALID);
                        assertThat(verifier.verify(ADMIN, old)).isEqualTo(CapabilityVerifier.Verdict.VALID);
                        checked++;
                    }
                    return checked;
                }));
            }
            for (int i = 0; i < 6; i++) {
                node.rotate(i % 2 == 0 ? KeyKind.ISSUER : KeyKind.NODE);
            }
            stop.set(true);
            for (Future<Integer> caller : work) {
                assertThat(caller.get()).isPositive();
            }
        }
    }
}
