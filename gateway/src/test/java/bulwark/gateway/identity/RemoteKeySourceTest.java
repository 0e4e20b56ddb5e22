package bulwark.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.signing.Signing;
import bulwark.kernel.time.SettableClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RemoteKeySourceTest {
    private static final Signing SIGNING = Signing.fastest();

    @TempDir
    Path folder;

    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-27T12:00:00Z"));
    private final AtomicInteger fetches = new AtomicInteger();
    private byte @Nullable [] published = TestIssuer.keySet();
    private RemoteKeySource source;

    @BeforeEach
    void open() {
        source = source(TestIssuer.ISSUER);
    }

    private RemoteKeySource source(String issuer) {
        return new RemoteKeySource(
                () -> {
                    fetches.incrementAndGet();
                    if (published == null) {
                        throw new IOException("it does not answer");
                    }
                    return published;
                },
                new KeySetFile(folder.resolve("key-set.json"), issuer),
                Duration.ofSeconds(30),
                Duration.ofSeconds(300),
                SIGNING,
                clock);
    }

    @Test
    void the_first_token_brings_the_keys_and_others_need_no_fetch() {
        assertThat(source.hasKeys()).isFalse();
        assertThat(source.find("rs")).isInstanceOf(KeyLookup.Found.class);
        assertThat(source.find("es")).isInstanceOf(KeyLookup.Found.class);
        assertThat(fetches).hasValue(1);
        assertThat(source.problem()).isNull();
    }

    @Test
    void unknown_names_bring_one_fetch_in_a_cooldown_whatever_comes() {
        source.find("rs");
        for (int i = 0; i < 1_000; i++) {
            assertThat(source.find("made-up-" + i)).isInstanceOf(KeyLookup.Unknown.class);
        }
        assertThat(fetches).hasValue(1);
        clock.advance(Duration.ofSeconds(30));
        for (int i = 0; i < 1_000; i++) {
            source.find("made-up-" + i);
        }
        assertThat(fetches).hasValue(2);
    }

    @Test
    void while_the_issuer_is_silent_only_some_wait_for_it_and_known_keys_verify_beside_them() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        CountDownLatch asked = new CountDownLatch(1);
        AtomicBoolean silent = new AtomicBoolean();
        RemoteKeySource slow = new RemoteKeySource(
                () -> {
                    if (silent.get()) {
                        asked.countDown();
                        try {
                            answer.await();
                        } catch (InterruptedException e) {
                            throw new IOException(e);
                        }
                    }
                    return TestIssuer.keySet();
                },
                new KeySetFile(folder.resolve("slow.json"), TestIssuer.ISSUER),
                Duration.ofSeconds(30),
                Duration.ofSeconds(300),
                SIGNING,
                clock);
        slow.find("rs");
        silent.set(true);
        clock.advance(Duration.ofSeconds(30));
        TokenAuthenticator tokens = new TokenAuthenticator(
                new TokenVerifier(TestIssuer.ISSUER, Set.of(TestIssuer.AUDIENCE), false, slow, clock),
                new TokenRevocationList(clock),
                new FirstSightGate(10_000, clock),
                clock);
        CompletableFuture<TokenVerdict> waits = CompletableFuture.failedFuture(new IllegalStateException());
        try {
            waits = verifyUnknown(tokens, 0);
            asked.await();
            List<CompletableFuture<TokenVerdict>> others = new ArrayList<>();
            for (int i = 1; i < 256; i++) {
                others.add(verifyUnknown(tokens, i));
            }
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> others.stream()
                                    .filter(verdict ->
                                            verdict.isDone() && verdict.join() instanceof TokenVerdict.NotNow)
                                    .count()
                            > 255 - RemoteKeySource.MAX_WAITING);
            String good = TestIssuer.rs256(TestIssuer.claims(clock.instant()));
            assertThat(tokens.verify(good, TokenDigest.of(good), "10.0.0.2").get(60, TimeUnit.SECONDS))
                    .isInstanceOf(TokenVerdict.Accepted.class);
        } finally {
            answer.countDown();
            waits.handle((verdict, failure) -> verdict).get(60, TimeUnit.SECONDS);
        }
    }

    private CompletableFuture<TokenVerdict> verifyUnknown(TokenAuthenticator tokens, int number) {
        String token = TestIssuer.signed(
                Map.of("alg", "RS256", "kid", "made-up-" + number), TestIssuer.claims(clock.instant()));
        return tokens.verify(token, TokenDigest.of(token), "10.0.0.1");
    }

    @Test
    void a_new_key_is_found_after_the_cooldown_and_one_that_is_gone_is_withdrawn() {
        published = TestIssuer.keySetWithoutRsa();
        source.find("es");
        published = TestIssuer.keySet();
        assertThat(source.find("rs")).isInstanceOf(KeyLookup.Unknown.class);
        clock.advance(Duration.ofSeconds(30));
        KeyLookup.Found found = (KeyLookup.Found) source.find("rs");
        assertThat(found.key().isWithdrawn()).isFalse();

        published = TestIssuer.keySetWithoutRsa();
        clock.advance(Duration.ofSeconds(299));
        source.refresh();
        assertThat(found.key().isWithdrawn()).isFalse();
        clock.advance(Duration.ofSeconds(1));
        source.refresh();
        assertThat(found.key().isWithdrawn()).as("no token had to come for it").isTrue();
    }

    @Test
    void without_any_key_set_nothing_can_be_said() {
        published = null;
        assertThat(source.find("rs")).isInstanceOf(KeyLookup.NoKeySet.class);
        assertThat(source.find("rs")).isInstanceOf(KeyLookup.NoKeySet.class);
        assertThat(fetches).hasValue(1);
        assertThat(source.problem()).contains("it does not answer");
    }

    @Test
    void the_last_good_set_stays_in_force_when_the_issuer_is_gone_or_answers_rubbish() {
        source.find("rs");
        String[] rubbish = {
            "", "{}", "{\"keys\":[]}", "{\"keys\":{}}", "[1]", "<html>", "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AA\"}]}"
        };
        for (String answer : rubbish) {
            published = answer.getBytes(java.nio.charset.StandardCharsets.UTF_8);
            clock.advance(Duration.ofSeconds(300));
            source.refresh();
            assertThat(source.problem()).as(answer).isNotNull();
            assertThat(source.find("rs")).isInstanceOf(KeyLookup.Found.class);
        }
    }

    @Test
    void the_last_good_set_survives_a_restart_and_only_for_its_issuer() throws IOException {
        source.find("rs");
        published = null;
        Path file = folder.resolve("key-set.json");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(source(TestIssuer.ISSUER).find("rs")).isInstanceOf(KeyLookup.Found.class);
        assertThat(source("https://elsewhere.example").find("rs")).isInstanceOf(KeyLookup.NoKeySet.class);
    }

    @Test
    void a_kept_set_that_others_can_write_is_not_used() throws IOException {
        source.find("rs");
        published = null;
        Files.setPosixFilePermissions(folder.resolve("key-set.json"), PosixFilePermissions.fromString("rw-rw----"));
        assertThat(source(TestIssuer.ISSUER).hasKeys()).isFalse();
    }

    @Test
    void keys_that_verify_no_tokens_are_passed_over_and_one_name_twice_refuses_the_set() {
        published = bulwark.kernel.json.StrictJson.write(java.util.Map.of(
                "keys", java.util.List.of(TestIssuer.rsa("twice", "RS256"), TestIssuer.rsa("twice", "PS256"))));
        assertThat(source.find("twice")).isInstanceOf(KeyLookup.NoKeySet.class);
        clock.advance(Duration.ofSeconds(30));
        published = bulwark.kernel.json.StrictJson.write(java.util.Map.of(
                "keys", java.util.List.of(TestIssuer.rsa("rs", "RS256"), TestIssuer.rsa("long", "RS512"))));
        assertThat(source.find(null)).as("the only one").isInstanceOf(KeyLookup.Found.class);
        assertThat(source.find("long")).isInstanceOf(KeyLookup.Unknown.class);
    }
}
