package bulwark.gateway.apikey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.gateway.apikey.ConsumerKeyVerdict.Reason;
import bulwark.gateway.apikey.ConsumerKeys.NewSubscription;
import bulwark.gateway.identity.TokenDigest;
import bulwark.gateway.permission.Role;
import bulwark.kernel.access.Principal;
import bulwark.kernel.evidence.store.AuditedStore;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.time.SettableClock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Cases T3 to T5, and what becomes of keys besides. */
class ConsumerKeysTest {
    @TempDir
    Path folder;

    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-27T12:00:00Z"));
    private AuditedStore store;
    private ConsumerKeyCache cache;
    private ConsumerKeys keys;

    @BeforeEach
    void open() {
        store = TestStore.open(folder, clock);
        cache = new ConsumerKeyCache(store, clock);
        keys = new ConsumerKeys(store, cache, Signing.fastest(), clock);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static NewSubscription subscription(String id) {
        return new NewSubscription(id, "consumer-1", "acme", List.of(Role.DEVOPS), "api_key", null);
    }

    private static String raw(IssuedKey issued) {
        return issued.key().exposeText(SecretAccess.grant());
    }

    private ConsumerKeyVerdict verdict(String raw) {
        TokenDigest digest = TokenDigest.of(raw);
        ConsumerKeyVerdict known = cache.known(digest);
        return known != null ? known : cache.verify(raw, digest);
    }

    private void assertRefused(String raw, Reason reason) {
        assertThat(verdict(raw)).isEqualTo(new ConsumerKeyVerdict.Refused(reason));
    }

    private void assertAccepted(String raw) {
        assertThat(verdict(raw)).isInstanceOf(ConsumerKeyVerdict.Accepted.class);
    }

    @Test
    void a_key_names_its_consumer_and_is_known_from_then_on() {
        IssuedKey issued = keys.issue(subscription("s1"), "admin");
        String raw = raw(issued);

        assertThat(raw).matches("stoa_sk_[0-9a-f]{32}").startsWith(issued.prefix());
        assertThat(issued.prefix()).hasSize(12);
        assertThat(issued.toString()).doesNotContain(raw);
        assertThat(cache.known(TokenDigest.of(raw))).isNull();
        ConsumerKeyVerdict.Accepted accepted = (ConsumerKeyVerdict.Accepted) verdict(raw);
        Principal caller = accepted.principal();
        assertThat(caller.entityUri()).isEqualTo("consumer-1");
        assertThat(caller.tenant()).isEqualTo("acme");
        assertThat(caller.permissions()).contains("apis:create").doesNotContain("apis:delete");
        assertThat(caller.keyId()).isEqualTo(issued.id());
        assertThat(cache.known(TokenDigest.of(raw))).isSameAs(accepted);
    }

    @Test
    void the_key_itself_is_nowhere_in_the_folder() throws Exception {
        String raw = raw(keys.issue(subscription("s1"), "admin"));
        verdict(raw);
        try (var files = Files.walk(folder)) {
            assertThat(files.filter(Files::isRegularFile))
                    .isNotEmpty()
                    .allSatisfy(file -> assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                            .doesNotContain(raw));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "stoa_sk_0123456789abcdef0123456789abcde",
                "stoa_sk_0123456789abcdef0123456789abcdef0",
                "stoa_sk_0123456789ABCDEF0123456789ABCDEF",
                "0123456789abcdef0123456789abcdef",
                "'; DROP TABLE consumer_keys; --"
            })
    void what_has_not_the_form_of_a_key_is_refused_without_a_look(String raw) {
        assertRefused(raw, Reason.MALFORMED);
    }

    @Test
    void an_unknown_key_is_refused() {
        assertRefused("stoa_sk_" + "0".repeat(32), Reason.UNKNOWN);
    }

    @Test
    void both_keys_work_in_the_grace_and_only_the_new_one_after_it() {
        String old = raw(keys.issue(subscription("s1"), "admin"));
        assertAccepted(old);
        IssuedKey rotated = keys.rotate("s1", "acme", 24, "consumer-1");
        assertThat(rotated.formerExpires()).isEqualTo(clock.instant().plus(Duration.ofHours(24)));
        assertThat(rotated.rotations()).isEqualTo(1);
        assertAccepted(old);
        assertAccepted(raw(rotated));

        clock.advance(Duration.ofHours(24).minusMinutes(1));
        assertAccepted(old);
        clock.advance(Duration.ofMinutes(1));
        assertThat(verdict(old))
                .as("the cache never goes beyond the grace")
                .isEqualTo(new ConsumerKeyVerdict.Refused(Reason.EXPIRED));
        assertAccepted(raw(rotated));
    }

    @Test
    void rotation_info_tells_prefix_previous_key_and_count() {
        IssuedKey first = keys.issue(subscription("s1"), "admin");
        RotationInfo before = keys.rotationInfo("s1", "acme");
        assertThat(before).isEqualTo(new RotationInfo("s1", first.prefix(), null, 0, null));

        Instant at = clock.instant();
        IssuedKey second = keys.rotate("s1", "acme", 1, "consumer-1");
        RotationInfo after = keys.rotationInfo("s1", "acme");
        assertThat(after).isEqualTo(new RotationInfo("s1", second.prefix(), at.plus(Duration.ofHours(1)), 1, at));
        assertThat(after.hasPrevious()).isTrue();
        clock.advance(Duration.ofHours(1));
        assertThat(keys.rotationInfo("s1", "acme").hasPrevious()).isFalse();
    }

    @Test
    void a_second_rotation_ends_the_grace_of_the_first_key() {
        String first = raw(keys.issue(subscription("s1"), "admin"));
        assertAccepted(first);
        String second = raw(keys.rotate("s1", "acme", 168, "consumer-1"));
        keys.rotate("s1", "acme", 168, "consumer-1");
        assertRefused(first, Reason.EXPIRED);
        assertAccepted(second);
    }

    @Test
    void a_suspended_key_waits_and_a_revoked_one_is_gone_both_at_once() {
        String raw = raw(keys.issue(subscription("s1"), "admin"));
        assertAccepted(raw);
        keys.suspend("s1", "acme", "admin");
        assertRefused(raw, Reason.SUSPENDED);
        keys.reactivate("s1", "acme", "admin");
        assertAccepted(raw);
        keys.revoke("s1", "acme", "admin");
        assertRefused(raw, Reason.REVOKED);
        assertThatThrownBy(() -> keys.rotate("s1", "acme", 1, "consumer-1")).isInstanceOf(ConsumerKeyRefused.class);
    }

    @Test
    void keys_of_another_tenant_are_no_different_from_none() {
        String raw = raw(keys.issue(subscription("s1"), "admin"));
        for (Runnable foreign : List.<Runnable>of(
                () -> keys.rotate("s1", "other", 1, "mallory"),
                () -> keys.revoke("s1", "other", "mallory"),
                () -> keys.rotationInfo("s1", "other"),
                () -> keys.rotationInfo("absent", "other"))) {
            assertThatThrownBy(foreign::run)
                    .isInstanceOfSatisfying(
                            ConsumerKeyRefused.class,
                            e -> assertThat(e.reason()).isEqualTo(ConsumerKeyRefused.Reason.UNKNOWN_SUBSCRIPTION))
                    .hasMessage("there is no such subscription with a live key");
        }
        assertAccepted(raw);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 169})
    void a_grace_is_an_hour_to_a_week(int hours) {
        keys.issue(subscription("s1"), "admin");
        assertThatThrownBy(() -> keys.rotate("s1", "acme", hours, "consumer-1"))
                .isInstanceOf(ConsumerKeyRefused.class)
                .hasMessageContaining("grace_period_hours");
        assertThat(keys.rotationInfo("s1", "acme").rotations()).isZero();
    }

    @Test
    void a_key_that_somebody_writes_into_the_file_does_not_work_and_is_found() throws Exception {
        String raw = raw(keys.issue(subscription("s1"), "admin"));
        keys.revoke("s1", "acme", "admin");
        String forged = "stoa_sk_" + "f".repeat(32);
        store.close();
        try (Connection file = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("identity.db"))) {
            file.createStatement().executeUpdate("UPDATE consumer_keys SET revoked_at = NULL");
            file.createStatement()
                    .executeUpdate("INSERT INTO consumer_keys (id, lookup, prefix, subscription_id, subject, tenant_id,"
                            + " roles, profile, serial, created_at) VALUES ('x', '"
                            + bulwark.kernel.signing.Digests.sha256Hex(forged)
                            + "', 'stoa_sk_ffff', 's9', 'mallory', 'acme', 'cpi-admin', 'api_key', 1, 0)");
        }
        assertThat(TestStore.fsck(folder).clean()).isFalse();
        store = TestStore.open(folder, clock);
        cache = new ConsumerKeyCache(store, clock);
        assertRefused(forged, Reason.UNKNOWN);
        assertRefused(raw, Reason.UNKNOWN);
    }
}
