package bulwark.gateway.route;

import static bulwark.gateway.route.RouteFixture.route;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import bulwark.gateway.state.GatewayStore;
import bulwark.kernel.error.OperatorError;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.kernel.evidence.store.AuditedStore;
import bulwark.kernel.network.AddressGuard;
import bulwark.kernel.network.AddressPolicy;
import bulwark.kernel.network.IpPrefix;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.time.SettableClock;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RouteRegistryTest {
    private static final AuditEventType CHANGED = AuditEventType.of("routes_changed", "in a test", "generation");
    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-27T12:00:00Z"));

    @TempDir
    private Path folder;

    private final class Opened implements AutoCloseable {
        final CurrentRoutes<ApiRoute> published = new CurrentRoutes<>();
        final AuditedStore audited = GatewayStore.open(folder, "", clock);
        final RouteRegistry registry;

        Opened(String... allowed) {
            List<IpPrefix> ranges = Stream.of(allowed).map(IpPrefix::parse).toList();
            AddressGuard guard = new AddressGuard(
                    name -> List.of(), new AddressPolicy(ranges, Set.of(), Set.of(), "CIDRS", "HOSTS", "PORTS"));
            try {
                registry = RouteRegistry.open(
                        audited,
                        new RouteGuard(guard),
                        clock,
                        RouteSnapshotFile.open(folder, Signing.fastest(), clock),
                        published.publisher(Function.identity()));
            } catch (RuntimeException e) {
                audited.close();
                throw e;
            }
        }

        void apply(RouteChange change) {
            registry.apply(
                    change,
                    generation -> CHANGED.event("admin", "default", null, null, Map.of("generation", generation)));
        }

        @Override
        public void close() {
            registry.close();
            audited.close();
        }
    }

    private static RouteChange upsert(ApiRoute... routes) {
        return new RouteChange(List.of(routes), Set.of());
    }

    @Test
    void routes_and_their_generation_survive_a_restart() {
        try (Opened first = new Opened()) {
            first.apply(upsert(route("a", "/a"), route("b", "/b")));
            first.apply(new RouteChange(List.of(route("c", "/c")), Set.of("a")));
            assertThat(first.registry.generation()).isEqualTo(2);
        }
        try (Opened second = new Opened()) {
            assertThat(second.registry.generation()).isEqualTo(2);
            assertThat(second.published.snapshot().generation()).isEqualTo(2);
            assertThat(second.registry.routes()).containsExactly(route("b", "/b"), route("c", "/c"));
        }
        assertThat(GatewayStore.fsck(folder).sentences()).isEmpty();
    }

    @Test
    void a_change_that_cannot_stand_changes_nothing() {
        try (Opened opened = new Opened()) {
            opened.apply(upsert(route("a", "/a")));
            assertThatThrownBy(() -> opened.apply(upsert(route("b", "/b"), route("c", "/a"))))
                    .isInstanceOf(RoutesRefused.class);
            assertThat(opened.registry.generation()).isEqualTo(1);
            assertThat(opened.registry.routes()).hasSize(1);
            assertThat(opened.published.table().routes()).hasSize(1);
        }
    }

    @Test
    void a_store_without_routes_takes_those_of_the_signed_snapshot() throws IOException {
        try (Opened first = new Opened()) {
            first.apply(upsert(route("a", "/a")));
        }
        forget("gateway.db");
        try (Opened second = new Opened()) {
            assertThat(second.registry.routes()).containsExactly(route("a", "/a"));
            assertThat(second.registry.generation()).isEqualTo(1);
            second.apply(upsert(route("b", "/b")));
        }
        try (Opened third = new Opened()) {
            assertThat(third.registry.generation()).isEqualTo(2);
        }
        assertThat(GatewayStore.fsck(folder).sentences()).isEmpty();
    }

    @Test
    void a_snapshot_that_was_edited_or_is_not_ours_is_refused() throws IOException {
        try (Opened first = new Opened()) {
            first.apply(upsert(route("a", "/a")));
        }
        Path file = folder.resolve("routes.snapshot");
        String text = Files.readString(file);
        for (String edited : List.of(
                text.replace("api.example.com", "evil.example.com"), text.substring(0, text.length() - 5), "{}")) {
            Files.write(file, edited.getBytes(StandardCharsets.UTF_8));
            assertThatThrownBy(Opened::new)
                    .isInstanceOf(OperatorError.class)
                    .hasMessageContaining("routes.snapshot")
                    .hasMessageContaining("delete it");
        }
        Files.writeString(file, text);
        new Opened().close();
    }

    @Test
    void a_snapshot_that_is_too_large_or_open_to_others_is_refused_with_a_sentence() throws IOException {
        try (Opened first = new Opened()) {
            first.apply(upsert(route("a", "/a")));
        }
        Path file = folder.resolve("routes.snapshot");
        byte[] good = Files.readAllBytes(file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
        assertThatThrownBy(Opened::new).hasMessageContaining("routes.snapshot").hasMessageContaining("chmod 600");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength((64 << 20) + 1);
        }
        assertThatThrownBy(Opened::new)
                .isInstanceOf(OperatorError.class)
                .hasMessageContaining("is larger than")
                .hasMessageContaining("delete it");
        Files.write(file, good);
        new Opened().close();
    }

    @Test
    void a_store_that_is_older_than_the_snapshot_does_not_start() throws IOException {
        try (Opened first = new Opened()) {
            first.apply(upsert(route("a", "/a")));
            first.apply(upsert(route("b", "/b")));
        }
        Path file = folder.resolve("routes.snapshot");
        byte[] newest = Files.readAllBytes(file);
        forget("gateway.db");
        Files.delete(file);
        try (Opened other = new Opened()) {
            other.apply(upsert(route("z", "/z")));
        }
        Files.write(file, newest);
        assertThatThrownBy(Opened::new)
                .hasMessageContaining("holds generation 1")
                .hasMessageContaining("is 2");
    }

    @Test
    void a_stored_route_that_may_no_longer_be_called_stops_the_start_with_its_reason() {
        try (Opened first = new Opened("10.0.0.0/8")) {
            first.apply(upsert(route("a", "/a", Map.of("backend_url", "http://10.0.0.1")), route("b", "/b")));
        }
        assertThatThrownBy(Opened::new)
                .hasMessageContaining("The route a, backend_url")
                .hasMessageContaining("10.0.0.0/8")
                .hasMessageContaining("CIDRS");
        new Opened("10.0.0.0/8").close();
    }

    @Test
    void the_snapshot_follows_the_changes() {
        try (Opened opened = new Opened()) {
            for (int i = 0; i < 20; i++) {
                opened.apply(upsert(route("r" + i, "/r" + i)));
            }
            RouteSnapshotFile file = RouteSnapshotFile.open(folder, Signing.fastest(), clock);
            await().untilAsserted(() ->
                    assertThat(file.read().orElseThrow().generation()).isEqualTo(20));
        }
    }

    @Test
    void what_was_made_of_a_route_stays_while_the_route_does() {
        ApiRoute same = route("a", "/a");
        RouteTable<Object> before = RouteTable.of(List.of(same, route("b", "/b")), route -> new Object());
        RouteTable<Object> after = before.replacedBy(List.of(same, route("b", "/b", "GET")), route -> new Object());
        assertThat(compiled(after, "/a")).isSameAs(compiled(before, "/a"));
        assertThat(compiled(after, "/b")).isNotSameAs(compiled(before, "/b"));
    }

    private static Object compiled(RouteTable<Object> table, String path) {
        try {
            return ((RouteMatch.Found<Object>) table.match("GET", TargetPath.of(path))).compiled();
        } catch (PathRefused e) {
            throw new AssertionError(e);
        }
    }

    private void forget(String prefix) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.filter(p -> folder.relativize(p).toString().startsWith(prefix))
                    .sorted(java.util.Comparator.reverseOrder())
                    .toList()) {
                Files.delete(path);
            }
        }
    }
}
