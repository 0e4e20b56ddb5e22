package bulwark.tasks.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.tasks.store.LockStore;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
public abstract class LockContract {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Duration MIDDLE = Duration.ofMillis(1200);

    private TestStores testStores;
    private LockStore locks;
    private LockStore other;

    protected abstract TestStores openStores();

    @BeforeEach
    public final void open() {
        testStores = openStores();
        locks = testStores.stores().locks();
        other = testStores.another().locks();
    }

    @AfterEach
    public final void close() {
        testStores.close();
    }

    @Test
    public void l01_the_owner_of_a_lock_is_known() {
        assertThat(locks.ownerOf("k")).isEmpty();
        assertThat(locks.acquire("k", "a", LONG)).isTrue();
        assertThat(other.ownerOf("k")).contains("a");
        assertThat(other.acquire("k", "b", LONG)).isFalse();
        assertThat(locks.ownerOf("k")).contains("a");
    }

    @Test
    public void l02_a_release_by_another_keeps_the_lock() {
        locks.acquire("k", "a", LONG);
        assertThat(other.release("k", "b")).isFalse();
        assertThat(locks.ownerOf("k")).contains("a");
        assertThat(locks.release("k", "a")).isTrue();
        assertThat(other.acquire("k", "b", LONG)).isTrue();
    }

    @Test
    public void l03_a_lock_expires() {
        locks.acquire("k", "a", SHORT);
        await().atMost(Duration.ofSeconds(10)).until(() -> other.acquire("k", "b", LONG));
        assertThat(locks.ownerOf("k")).contains("b");
    }

    @Test
    public void l04_reacquiring_by_the_owner_extends_the_lock() {
        locks.acquire("k", "a", SHORT);
        assertThat(locks.acquire("k", "a", LONG)).isTrue();
        await().pollDelay(SHORT.multipliedBy(2)).until(() -> locks.ownerOf("k").equals(java.util.Optional.of("a")));
        assertThat(other.acquire("k", "b", LONG)).isFalse();
    }

    @Test
    public void l05_the_owner_renews_its_lock() {
        locks.acquire("k", "a", MIDDLE);
        assertThat(locks.renew("k", "a", LONG)).isTrue();
        await().pollDelay(MIDDLE.plus(SHORT)).until(() -> true);
        assertThat(other.acquire("k", "b", LONG)).isFalse();
    }

    @Test
    public void l06_another_owner_cannot_renew() {
        locks.acquire("k", "a", LONG);
        assertThat(other.renew("k", "b", LONG)).isFalse();
        assertThat(locks.ownerOf("k")).contains("a");
    }

    @Test
    public void l07_an_expired_lock_is_not_renewed() {
        locks.acquire("k", "a", SHORT);
        await().atMost(Duration.ofSeconds(10)).until(() -> locks.ownerOf("k").isEmpty());
        assertThat(locks.renew("k", "a", LONG)).isFalse();
        assertThat(locks.release("k", "a")).isFalse();
    }
}
