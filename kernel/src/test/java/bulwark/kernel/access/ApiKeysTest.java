package bulwark.kernel.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import bulwark.kernel.access.ApiKeys.KeyRecord;
import bulwark.kernel.access.ApiKeys.NewKey;
import bulwark.kernel.access.ApiKeys.Verdict;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.storage.Migrations;
import bulwark.kernel.storage.SqliteStore;
import bulwark.kernel.storage.Store;
import bulwark.kernel.time.SettableClock;
import bulwark.kernel.time.Timestamps;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ApiKeysTest {
    private static final String RAW = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0";
    private final SettableClock clock = new SettableClock(Instant.parse("2026-01-01T00:00:00Z"));

    @TempDir
    Path directory;

    private Store store;
    private ApiKeys keys;

    /** The contract holds on every engine. */
    protected Store openStore(Path file, Migrations migrations) {
        return Store.open(file, migrations, Store.SchemaPolicy.CREATE_OR_UPGRADE);
    }

    @BeforeEach
    void open() {
        store = openStore(directory.resolve("k.db"), Migrations.of(ApiKeys.MIGRATIONS));
        keys = ApiKeys.open(store, clock, Duration.ofDays(90));
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void a_registered_key_is_known_with_its_permissions() {
        KeyRecord key = insert(RAW, null);
        assertThat(keys.cached(RAW)).isEmpty();
        Verdict verdict = keys.authenticate(RAW);
        Principal principal = new Principal("agent:a", "default", Set.of("read", "write"), key.id());
        assertThat(verdict).isEqualTo(new Verdict.Known(principal, null));
        assertThat(keys.cached(RAW)).contains(verdict);
    }

    @Test
    void of_20_000_keys_the_one_that_expires_first_is_found_without_reading_the_others() {
        assumeTrue(store instanceof SqliteStore, "SKIPPED: the plan of a query is read from SQLite");
        store.write(tx -> {
            PreparedStatement insert = tx.statement(
                    "INSERT INTO api_keys (id, lookup, argon2id, entity_uri,"
                            + " permissions, tenant_id, created_at, expires_at) VALUES (?1, ?1, 'none', 'agent:a', '[]', 'default', ?2, ?3)");
            for (int i = 0; i < 20_000; i++) {
                insert.setString(1, "k" + i);
                insert.setString(2, Timestamps.offset(clock.instant().minusSeconds(i)));
                insert.setString(3, Timestamps.offset(clock.instant().plusSeconds(40_000 - i)));
                insert.executeUpdate();
            }
            return 0;
        });

        assertThat(store.read(tx -> keys.firstToExpire(tx, "default"))
                        .orElseThrow()
                        .id())
                .isEqualTo("k19999");
        for (String column : List.of("expires_at", "created_at")) {
            assertThat(planOf(KeyTable.firstBy(column)))
                    .contains("USING INDEX api_keys_" + (column.equals("expires_at") ? "expiry" : "age"))
                    .contains("tenant_id=? AND " + column + ">?")
                    .doesNotContain("SCAN", "TEMP B-TREE");
        }
    }

    private String planOf(String query) {
        return store.read(tx -> {
            StringBuilder plan = new StringBuilder();
            try (ResultSet steps = tx.statement("EXPLAIN QUERY PLAN " + query).executeQuery()) {
                while (steps.next()) {
                    plan.append(steps.getString("detail")).append('\n');
                }
            }
            return plan.toString();
        });
    }

    @Test
    void an_unknown_key_is_unknown_from_the_cache_the_second_time() {
        assertThat(keys.authenticate("nobody-has-this")).isInstanceOf(Verdict.Unknown.class);
        assertThat(keys.cached("nobody-has-this")).contains(new Verdict.Unknown());
        assertThat(keys.cached("")).contains(new Verdict.Unknown());
        assertThat(keys.authenticate("x".repeat(100_000))).isInstanceOf(Verdict.Unknown.class);
    }

    @Test
    void a_key_that_was_unknown_works_as_soon_as_it_is_registered() {
        keys.authenticate(RAW);
        insert(RAW, null);
        assertThat(keys.authenticate(RAW)).isInstanceOf(Verdict.Known.class);
    }

    @Test
    void a_revoked_key_stops_at_once() {
        KeyRecord key = insert(RAW, null);
        keys.authenticate(RAW);
        assertThat(store.<Boolean>write(tx -> keys.revoke(tx, key.id()))).isTrue();
        assertThat(keys.cached(RAW)).isEmpty();
        assertThat(keys.authenticate(RAW)).isInstanceOf(Verdict.Unknown.class);
        assertThat(store.<Boolean>write(tx -> keys.revoke(tx, key.id()))).isFalse();
        assertThat(store.<Optional<KeyRecord>>read(tx -> keys.byRawKey(tx, SecretBytes.ofText(RAW)))
                        .orElseThrow()
                        .revokedAt())
                .isNotNull();
    }

    @Test
    void an_expired_key_is_refused_even_when_cached() {
        KeyRecord key = insert(RAW, "2026-01-02T00:00:00Z");
        keys.authenticate(RAW);
        clock.advance(Duration.ofDays(1).minusMillis(1));
        assertThat(keys.cached(RAW).orElseThrow()).isInstanceOf(Verdict.Known.class);
        clock.advance(Duration.ofMillis(1));
        assertThat(keys.cached(RAW)).contains(new Verdict.Unknown(Verdict.Reason.EXPIRED, key.id()));
        assertThat(keys.authenticate(RAW)).isInstanceOf(Verdict.Unknown.class);
    }

    @Test
    void the_maximum_age_ends_every_key() {
        assertThat(insert(RAW, null).expiresAt()).isEqualTo("2026-04-01T00:00:00.000000+00:00");
        assertThat(insert(RAW + "2", "2030-01-01T00:00:00Z").expiresAt()).isEqualTo("2026-04-01T00:00:00.000000+00:00");
        clock.advance(Duration.ofDays(90));
        assertThat(keys.authenticate(RAW)).isInstanceOf(Verdict.Unknown.class);
    }

    @Test
    void a_lower_maximum_age_reaches_keys_that_exist() {
        insert(RAW, null);
        clock.advance(Duration.ofDays(31));
        ApiKeys stricter = ApiKeys.open(store, clock, Duration.ofDays(30));
        assertThat(stricter.authenticate(RAW)).isInstanceOf(Verdict.Unknown.class);
        assertThat(keys.authenticate(RAW)).isInstanceOf(Verdict.Known.class);
    }

    @Test
    void without_a_maximum_age_a_key_may_last() {
        ApiKeys lasting = ApiKeys.open(store, clock, Duration.ZERO);
        ApiKeys.Prepared prepared = lasting.prepare(SecretBytes.ofText(RAW));
        KeyRecord key = store.write(tx -> lasting.insert(tx, prepared, newKey("agent:a", null)));
        assertThat(key.expiresAt()).isNull();
        clock.advance(Duration.ofDays(10_000));
        assertThat(lasting.authenticate(RAW)).isInstanceOf(Verdict.Known.class);
    }

    @Test
    void a_raw_key_is_registered_once() {
        insert(RAW, null);
        assertThatThrownBy(() -> insert(RAW, null))
                .isInstanceOf(ApiKeys.DuplicateKey.class)
                .hasMessage("raw_key already exists; generate a new key value");
    }

    @Test
    void lists_are_newest_first_without_revoked_and_expired() {
        KeyRecord first = insert(RAW + "1", "2026-01-05T00:00:00Z");
        clock.advance(Duration.ofSeconds(1));
        KeyRecord second = insert(RAW + "2", null);
        KeyRecord third = insert(RAW + "3", null);
        store.write(tx -> keys.revoke(tx, third.id()));
        assertThat(list(null, false)).containsExactly(second, first);
        assertThat(list("agent:b", false)).isEmpty();
        clock.set(Instant.parse("2026-01-06T00:00:00Z"));
        assertThat(list("agent:a", false)).containsExactly(second);
        assertThat(list("agent:a", true)).containsExactly(second, first);
        assertThat(store.<List<KeyRecord>>read(tx -> keys.list(tx, "other", null, true)))
                .isEmpty();
    }

    @Test
    void keys_that_expire_soon_are_found_soonest_first() {
        KeyRecord later = insert(RAW + "1", "2026-01-09T00:00:00Z");
        KeyRecord sooner = insert(RAW + "2", "2026-01-05T00:00:00Z");
        insert(RAW + "3", null);
        assertThat(store.<List<KeyRecord>>read(tx -> keys.expiring(tx, "default", Duration.ofDays(30))))
                .containsExactly(sooner, later);
    }

    @Test
    void many_requests_at_once_share_one_verification() throws Exception {
        insert(RAW, null);
        List<Future<Verdict>> verdicts = new ArrayList<>();
        long start = System.nanoTime();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 1_000; i++) {
                verdicts.add(threads.submit(() -> keys.authenticate(RAW)));
            }
        }
        for (Future<Verdict> verdict : verdicts) {
            assertThat(verdict.get()).isInstanceOf(Verdict.Known.class);
        }
        // A thousand runs of Argon2id would take most of a minute.
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
    }

    @Test
    void a_key_revoked_while_it_is_verified_is_not_cached() throws Exception {
        for (int round = 0; round < 10; round++) {
            String raw = RAW + round;
            KeyRecord key = insert(raw, null);
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                threads.submit(() -> keys.authenticate(raw));
                threads.submit(() -> store.write(tx -> keys.revoke(tx, key.id())));
            }
            assertThat(keys.authenticate(raw)).isInstanceOf(Verdict.Unknown.class);
        }
    }

    @Test
    void a_key_limited_to_scopes_says_so() {
        ApiKeys.Prepared prepared = keys.prepare(SecretBytes.ofText(RAW));
        NewKey limited = new NewKey("agent:a", Set.of("read"), null, "default", null, null, Set.of("team", "public"));
        KeyRecord key = store.write(tx -> keys.insert(tx, prepared, limited));
        assertThat(key.scopes()).containsExactly("public", "team");
        assertThat(store.<Optional<KeyRecord>>read(tx -> keys.byId(tx, key.id())))
                .contains(key);
        assertThat(keys.authenticate(RAW)).isInstanceOfSatisfying(Verdict.Known.class, known -> {
            assertThat(known.principal().reaches("team")).isTrue();
            assertThat(known.principal().reaches("company")).isFalse();
        });
    }

    @Test
    void why_a_key_is_not_accepted_is_known_inside() {
        KeyRecord key = insert(RAW, null);
        store.write(tx -> keys.revoke(tx, key.id()));
        assertThat(keys.authenticate(RAW)).isEqualTo(new Verdict.Unknown(Verdict.Reason.REVOKED, key.id()));
        assertThat(keys.authenticate("other")).isEqualTo(new Verdict.Unknown());
    }

    /** The verification stands at its hash, which the other requests would join, while the key is revoked. */
    @Test
    void a_request_that_comes_after_a_revocation_joins_no_verification_from_before() throws Exception {
        for (int round = 0; round < 20; round++) {
            String raw = RAW + "r" + round;
            KeyRecord key = insert(raw, null);
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                Future<Verdict> before = threads.submit(() -> keys.authenticate(raw));
                store.write(tx -> keys.revoke(tx, key.id()));
                assertThat(keys.authenticate(raw)).as("begun after").isInstanceOf(Verdict.Unknown.class);
                if (before.get() instanceof Verdict.Known accepted) {
                    assertThat(keys.isRevoked(accepted.principal()))
                            .as("told where it commits")
                            .isTrue();
                }
            }
        }
    }

    @Test
    void the_raw_key_is_nowhere_on_disk() throws IOException {
        insert(RAW, null);
        store.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                        .doesNotContain(RAW);
            }
        }
    }

    private KeyRecord insert(String raw, String expiresAt) {
        ApiKeys.Prepared prepared = keys.prepare(SecretBytes.ofText(raw));
        return store.write(tx -> keys.insert(tx, prepared, newKey("agent:a", expiresAt)));
    }

    private static NewKey newKey(String entity, String expiresAt) {
        return new NewKey(entity, Set.of("write", "read"), null, "default", expiresAt);
    }

    private List<KeyRecord> list(String entity, boolean expired) {
        return store.read(tx -> keys.list(tx, "default", entity, expired));
    }
}
