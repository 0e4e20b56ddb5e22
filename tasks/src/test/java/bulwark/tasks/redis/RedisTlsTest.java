package bulwark.tasks.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import bulwark.kernel.signing.CertificateAuthority;
import bulwark.kernel.signing.CertificateSubject;
import bulwark.kernel.tls.ClientTls;
import bulwark.kernel.tls.TlsRefused;
import bulwark.tasks.broker.BrokerUnavailable;
import bulwark.tasks.broker.QueueCounts;
import bulwark.tasks.broker.ReceivedMessage;
import bulwark.tasks.contract.Examples;
import bulwark.tasks.results.ResultBackend;
import bulwark.tasks.setup.TlsAssets;
import bulwark.testkit.FreePort;
import bulwark.testkit.RedisServer;
import bulwark.testkit.RequiredProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Mutual TLS with a real server, and what is said when it cannot be. */
@Timeout(120)
class RedisTlsTest {
    @TempDir
    static Path folder;

    private static Path certs;
    private static RedisServer server;

    @BeforeAll
    static void start() {
        RequiredProgram.onThePath("redis-server");
        certs = assets("certs");
        server = RedisServer.mutualTls(
                certs.resolve("server.crt"),
                certs.resolve("server.key"),
                certs.resolve("ca.crt"),
                "--bind",
                "127.0.0.1",
                "127.0.0.2");
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    private static Path assets(String name) {
        Path made = folder.resolve(name);
        new TlsAssets(made, List.of("stem.local", "redis"), "stem-client", Duration.ofDays(1), null)
                .make(Clock.systemUTC());
        return made;
    }

    private static RedisTls tls(@Nullable String certificate, @Nullable String key, @Nullable String authority) {
        return RedisTls.of(
                ClientTls.Files.unnamed(path(certificate), path(key), path(authority)), false, Clock.systemUTC());
    }

    private static @Nullable Path path(@Nullable String name) {
        return name == null ? null : folder.resolve(name);
    }

    private static RedisTls client() {
        return tls("certs/client.crt", "certs/client.key", "certs/ca.crt");
    }

    private static RedisStores open(String url, @Nullable RedisTls tls) {
        return RedisStores.open(url, tls, "stem", ResultBackend.DEFAULT_RETENTION, Clock.systemUTC());
    }

    private static void assertRefused(String url, RedisTls tls, String sentence) {
        assertThatThrownBy(() -> open(url, tls))
                .isInstanceOf(BrokerUnavailable.class)
                .hasMessageContaining(sentence);
    }

    @Test
    void tasks_travel_over_mutual_tls() throws InterruptedException {
        try (RedisStores stores = open(server.url("localhost"), client())) {
            stores.broker().publish(List.of(Examples.publication(Examples.envelope("tls"))));
            List<ReceivedMessage> got =
                    stores.broker().receive(Examples.longSubscription("tls"), 1, Duration.ofSeconds(5));
            assertThat(stores.broker().settle(List.of(Examples.ack(got.getFirst()))))
                    .containsExactly(true);
        }
    }

    @Test
    void a_missing_client_certificate_is_reported_with_the_setting_to_set() {
        assertRefused(server.url(), tls(null, null, "certs/ca.crt"), "requires a client certificate");
        assertRefused(server.url(), tls(null, null, "certs/ca.crt"), "STEM_TLS_CLIENT_CERT");
    }

    @Test
    void an_untrusted_server_certificate_is_reported() {
        assets("foreign");
        assertRefused(server.url(), tls("certs/client.crt", "certs/client.key", "foreign/ca.crt"), "unknown authority");
        assertRefused(server.url(), tls("certs/client.crt", "certs/client.key", null), "STEM_TLS_CA_CERT");
    }

    @Test
    void an_untrusted_client_certificate_is_reported() {
        assets("stranger");
        assertRefused(
                server.url(),
                tls("stranger/client.crt", "stranger/client.key", "certs/ca.crt"),
                "does not trust our client certificate");
    }

    @Test
    void a_host_name_mismatch_is_reported() {
        assertRefused(server.url("127.0.0.2"), client(), "certificate for another host than 127.0.0.2");
    }

    @Test
    void tls_against_a_plain_server_and_plain_against_tls_are_reported() {
        try (RedisServer plain = RedisServer.start()) {
            assertRefused("rediss://127.0.0.1:" + plain.port(), client(), "does not speak TLS");
        }
        assertThatThrownBy(() -> open("redis://127.0.0.1:" + server.port(), null))
                .isInstanceOf(BrokerUnavailable.class)
                .hasMessageContaining("rediss://");
    }

    @Test
    void connection_refused_is_reported() {
        assertThatThrownBy(() -> open("redis://127.0.0.1:" + FreePort.next(), null))
                .isInstanceOf(BrokerUnavailable.class)
                .hasMessageContaining("is it running");
        assertThatThrownBy(() -> open("redis://no-such-host.invalid", null))
                .isInstanceOf(BrokerUnavailable.class)
                .hasMessageContaining("does not resolve");
    }

    @Test
    void a_certificate_without_its_key_is_refused_and_a_key_without_its_certificate_too() {
        assertThatThrownBy(() -> tls("certs/client.crt", null, "certs/ca.crt"))
                .isInstanceOf(TlsRefused.class)
                .hasMessageContaining("without its private key");
        assertThatThrownBy(() -> tls(null, "certs/client.key", null))
                .isInstanceOf(TlsRefused.class)
                .hasMessageContaining("without its client certificate");
        assertThatThrownBy(() -> tls("certs/client.crt", "certs/server.key", null))
                .isInstanceOf(TlsRefused.class)
                .hasMessageContaining("does not match");
    }

    @Test
    void insecure_mode_accepts_any_server_and_still_sends_the_client_certificate() {
        ClientTls.Files files = ClientTls.Files.unnamed(certs.resolve("client.crt"), certs.resolve("client.key"), null);
        try (RedisStores stores = open(server.url("127.0.0.2"), RedisTls.of(files, true, Clock.systemUTC()))) {
            stores.broker().ping();
        }
    }

    @Test
    void certificates_are_changed_under_load_and_nothing_is_lost() throws Exception {
        Path live = assets("live");
        try (RedisServer own = RedisServer.mutualTls(
                        live.resolve("server.crt"), live.resolve("server.key"), live.resolve("ca.crt"));
                RedisTls tls = tls("live/client.crt", "live/client.key", "live/ca.crt");
                RedisStores stores = open(own.url(), tls)) {
            Set<String> sent = ConcurrentHashMap.newKeySet();
            Set<String> done = ConcurrentHashMap.newKeySet();
            AtomicBoolean sending = new AtomicBoolean(true);
            Thread sender = Thread.ofVirtual().start(() -> {
                while (sending.get()) {
                    var envelope = Examples.envelope("live");
                    sent.add(envelope.id());
                    stores.broker().publish(List.of(Examples.publication(envelope)));
                }
            });
            Thread worker = Thread.ofVirtual().start(() -> drain(stores, sending, sent, done));
            String before = Files.readString(live.resolve("client.crt"));
            await().until(() -> done.size() > 50);
            // The same authority issues again, as an operator would before the old one ends.
            reissue(live);
            assertThat(Files.readString(live.resolve("client.crt"))).isNotEqualTo(before);
            assertThat(tls.tls().reload()).isEmpty();
            int then = done.size();
            await().until(() -> done.size() > then + 50);
            sending.set(false);
            sender.join();
            worker.join();
            assertThat(done).containsExactlyInAnyOrderElementsOf(sent);
            assertThat(stores.broker().counts("live")).isEqualTo(new QueueCounts(0, 0, 0, 0));
        }
    }

    private static void drain(RedisStores stores, AtomicBoolean sending, Set<String> sent, Set<String> done) {
        var mine = Examples.longSubscription("live");
        try {
            while (sending.get() || done.size() < sent.size()) {
                List<ReceivedMessage> got = stores.broker().receive(mine, 8, Duration.ofMillis(100));
                stores.broker().settle(got.stream().map(Examples::ack).toList());
                got.forEach(each -> done.add(Examples.id(each)));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A new client certificate of the same authority: made apart, with the authority's files copied there first. */
    private static void reissue(Path live) throws IOException {
        Path next = folder.resolve("next");
        Files.createDirectory(next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        for (String name : List.of("ca.crt", "ca.key")) {
            Files.copy(live.resolve(name), next.resolve(name), StandardCopyOption.COPY_ATTRIBUTES);
        }
        CertificateAuthority.openOrCreate(next, "stem.local-ca", Clock.systemUTC())
                .issue(
                        "client",
                        new CertificateSubject("stem-client", null, List.of(), false, true),
                        Duration.ofDays(2));
        for (String name : List.of("client.key", "client.crt")) {
            Files.move(next.resolve(name), live.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
