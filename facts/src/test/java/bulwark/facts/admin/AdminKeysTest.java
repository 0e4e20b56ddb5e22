package bulwark.facts.admin;

import static bulwark.facts.admin.AdminFixture.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.facts.FactsFixture;
import bulwark.facts.GivenRequest;
import bulwark.kernel.access.ApiKeys.Verdict;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.web.ApiRefusal;
import bulwark.web.FieldsRefused;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@Timeout(60)
class AdminKeysTest {
    private static final String RAW = "b8d3f1a64e0c47d2935a7be1c60f82d4b8d3f1a64e0c47d2935a7be1c60f82d4";
    private static final Optional<SecretBytes> KEY = Optional.of(SecretBytes.ofText(RAW));

    @TempDir
    Path directory;

    private AdminFixture node;

    @BeforeEach
    void open() {
        node = new AdminFixture(directory);
    }

    @AfterEach
    void close() {
        node.close();
    }

    @Test
    void the_configured_key_is_registered_once() {
        assertThat(register(Optional.empty())).isEmpty();
        assertThat(register(KEY)).isEmpty();
        assertThat(register(KEY)).isEmpty();
        assertThat(node.evidence()).hasSize(1);
        assertThat(node.keys.authenticate(RAW)).isInstanceOfSatisfying(Verdict.Known.class, k -> {
            assertThat(k.principal().entityUri()).isEqualTo("agent:admin");
            assertThat(k.principal().permissions())
                    .containsExactlyInAnyOrder(
                            "admin", "read", "write", "instruction:write", "federate", "admin:federation");
        });
    }

    @Test
    void an_unknown_key_waits_for_a_registration_that_is_under_way() throws Exception {
        CompletableFuture<Void> later = new CompletableFuture<>();
        AdminKeys.Registration registration = node.adminKeys.register(KEY, later);
        CompletableFuture<Verdict> verdict =
                CompletableFuture.supplyAsync(() -> node.keys.authenticate(RAW), Thread::startVirtualThread);
        CompletableFuture<AdminKeys.Reissued> reissued =
                CompletableFuture.supplyAsync(node.adminKeys::reissue, Thread::startVirtualThread);
        assertThat(registration.registered()).isNotDone();
        assertThat(node.evidence()).isEmpty();
        later.complete(null);
        assertThat(verdict.get(30, TimeUnit.SECONDS)).isNotNull();
        assertThat(reissued.get(30, TimeUnit.SECONDS).revoked()).hasSize(1);
    }

    private List<String> register(Optional<SecretBytes> key) {
        AdminKeys.Registration registration = node.adminKeys.register(key, CompletableFuture.completedFuture(null));
        registration.registered().join();
        return registration.warnings();
    }

    @Test
    void a_short_key_is_not_registered() {
        assertThat(register(Optional.of(SecretBytes.ofText("short"))))
                .singleElement()
                .asString()
                .contains("shorter");
        assertThat(node.evidence()).isEmpty();
    }

    @Test
    void an_expired_or_revoked_admin_key_is_not_accepted() {
        register(KEY);
        node.clock.advance(Duration.ofDays(91));
        assertThat(register(KEY)).singleElement().asString().contains("expired", "stigmem auth reissue-admin");
        node.adminKeys.reissue();
        assertThat(register(KEY)).singleElement().asString().contains("revoked", "stigmem auth reissue-admin");
        assertThat(node.keys.authenticate(RAW)).isInstanceOf(Verdict.Unknown.class);
    }

    @Test
    void a_reissue_replaces_every_admin_key_at_once() {
        register(KEY);
        assertThat(node.keys.authenticate(RAW)).isInstanceOf(Verdict.Known.class);
        AdminKeys.Reissued reissued = node.adminKeys.reissue();
        assertThat(reissued.revoked()).hasSize(1);
        assertThat(reissued.toString()).doesNotContain(reissued.raw().exposeText(SecretAccess.grant()));
        assertThat(node.keys.authenticate(RAW)).isInstanceOf(Verdict.Unknown.class);
        assertThat(node.keys.authenticate(reissued.raw().exposeText(SecretAccess.grant())))
                .isInstanceOf(Verdict.Known.class);
        assertThat(node.evidence()).hasSize(3);
        JsonNode again = json(node.call(GivenRequest.of("POST", "/local/auth/reissue-admin")));
        assertThat(again.get("revoked")).hasSize(1);
        assertThat(node.keys.authenticate(again.get("key").stringValue())).isInstanceOf(Verdict.Known.class);
    }

    @Test
    void bootstrap_works_once_on_an_empty_store() {
        assertThat(node.adminKeys
                        .bootstrap(KEY.orElseThrow(), "agent:first", List.of("admin"))
                        .entityUri())
                .isEqualTo("agent:first");
        assertThatThrownBy(
                        () -> node.adminKeys.bootstrap(SecretBytes.ofText(RAW + "2"), "agent:second", List.of("admin")))
                .isInstanceOfSatisfying(
                        ApiRefusal.class,
                        e -> assertThat(FactsFixture.status(e)).isEqualTo(409));
        assertThat(node.evidence()).hasSize(1);
    }

    @Test
    void a_revoked_key_still_blocks_bootstrap() {
        String id = node.adminKeys
                .bootstrap(KEY.orElseThrow(), "agent:first", List.of("admin"))
                .id();
        node.store.write(tx -> node.keys.revoke(tx, id));
        assertThatThrownBy(
                        () -> node.adminKeys.bootstrap(SecretBytes.ofText(RAW + "2"), "agent:second", List.of("admin")))
                .isInstanceOf(ApiRefusal.class);
    }

    @Test
    void bootstrap_over_the_local_socket_checks_its_fields() {
        GivenRequest request = GivenRequest.of("POST", "/local/auth/bootstrap-key");
        assertThatThrownBy(() -> node.call(request.json("{\"raw_key\":\"fifteen-chars-x\"}")))
                .isInstanceOfSatisfying(
                        FieldsRefused.class,
                        e -> assertThat(e.errors().toString()).doesNotContain("fifteen"));
        assertThatThrownBy(() -> node.call(request.json("{\"raw_key\":\"has blanks in it, long\"}")))
                .isInstanceOf(FieldsRefused.class);
        assertThat(json(node.call(request.json("{\"raw_key\":\"" + RAW + "\"}")))
                        .get("permissions")
                        .toString())
                .isEqualTo("[\"admin\",\"read\",\"write\"]");
    }
}
