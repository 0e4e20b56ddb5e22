package bulwark.tasks.contract;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.tasks.store.Revocation;
import bulwark.tasks.store.RevocationStore;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
public abstract class RevocationContract {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");
    /** Beyond what a 32-bit number or a float would keep. */
    private static final long VERSION = 1_767_323_045_678_901L;

    /** Their keys are apart from those of the store, so each test has namespaces of its own. */
    private final String n = "n-" + UUID.randomUUID();

    private final String m = "m-" + UUID.randomUUID();
    private TestStores testStores;
    private RevocationStore store;

    protected abstract TestStores openStores();

    @BeforeEach
    public final void open() {
        testStores = openStores();
        store = testStores.stores().revocations();
    }

    @AfterEach
    public final void close() {
        testStores.close();
    }

    private static Revocation revocation(String namespace, String task, long version, @Nullable Instant expires) {
        return new Revocation(namespace, task, version, NOW, true, "because", "me", expires);
    }

    @Test
    public void v01_revocations_are_listed_by_version_within_their_namespace() {
        store.upsert(revocation(n, "b", VERSION + 1, null));
        store.upsert(revocation(n, "a", VERSION + 2, NOW));
        store.upsert(revocation(n, "c", VERSION, null));
        store.upsert(revocation(m, "d", VERSION, null));
        assertThat(testStores.another().revocations().list(n))
                .containsExactly(
                        revocation(n, "c", VERSION, null),
                        revocation(n, "b", VERSION + 1, null),
                        revocation(n, "a", VERSION + 2, NOW));
        assertThat(store.list(m)).hasSize(1);
        assertThat(store.list("none-" + n)).isEmpty();
    }

    @Test
    public void v02_a_stale_version_is_ignored_and_what_is_stored_comes_back() {
        Revocation newer = revocation(n, "a", VERSION + 1, null);
        store.upsert(newer);
        assertThat(store.upsert(revocation(n, "a", VERSION, NOW))).isEqualTo(newer);
        assertThat(store.upsert(revocation(n, "a", VERSION + 1, NOW))).isEqualTo(newer);
        assertThat(store.list(n)).containsExactly(newer);
    }

    @Test
    public void v03_a_higher_version_replaces() {
        store.upsert(revocation(n, "a", VERSION, null));
        Revocation bare = new Revocation(n, "a", VERSION + 1, NOW, false, null, null, null);
        assertThat(store.upsert(bare)).isEqualTo(bare);
        assertThat(store.list(n)).containsExactly(bare);
    }

    @Test
    public void v04_pruning_removes_the_expired_of_its_namespace_only() {
        store.upsert(revocation(n, "a", VERSION, NOW.minus(Duration.ofSeconds(1))));
        store.upsert(revocation(n, "b", VERSION, NOW.plus(Duration.ofSeconds(1))));
        store.upsert(revocation(n, "c", VERSION, null));
        store.upsert(revocation(m, "a", VERSION, NOW.minus(Duration.ofSeconds(1))));
        assertThat(store.prune(n, NOW)).isEqualTo(1);
        assertThat(store.list(n)).extracting(Revocation::taskId).containsExactlyInAnyOrder("b", "c");
        assertThat(store.list(m)).hasSize(1);
    }
}
