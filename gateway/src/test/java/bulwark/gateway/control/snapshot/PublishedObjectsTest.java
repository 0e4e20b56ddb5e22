package bulwark.gateway.control.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.control.ControlFixture;
import bulwark.gateway.control.state.ControlActor;
import bulwark.gateway.control.state.ControlEvent;
import bulwark.gateway.control.state.ControlObject;
import bulwark.gateway.control.state.ControlStore;
import bulwark.gateway.control.state.ObjectFilter;
import bulwark.gateway.control.state.ObjectKind;
import bulwark.gateway.control.state.PlatformScope;
import bulwark.gateway.control.state.TenantChange;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.kernel.signing.Signing;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the control plane keeps in memory of its store: never anything else than what stands there. */
class PublishedObjectsTest {
    private static final AuditEventType CHANGED = ControlEvent.of("changed_by_test", "a test changed an object");
    private static final SnapshotRecipient ALL = new SnapshotRecipient("g", "", "");

    @TempDir
    private Path folder;

    private final Random random = new Random(5);

    private ControlObject change(TenantChange change, int round) throws SQLException {
        List<ControlObject> apis = change.all(ObjectKind.API, ObjectFilter.ALL);
        ControlObject api = apis.get(random.nextInt(apis.size()));
        ControlObject subscription =
                change.all(ObjectKind.SUBSCRIPTION, ObjectFilter.ALL).getFirst();
        ControlObject consumer =
                change.all(ObjectKind.CONSUMER, ObjectFilter.ALL).getFirst();
        return switch (random.nextInt(7)) {
            case 0 -> {
                Map<String, Object> fields = new LinkedHashMap<>(api.fields());
                fields.put("path_prefix", "/apis/acme/api-" + round);
                yield change.create(ObjectKind.API, "api-" + round, "published", fields);
            }
            case 1 -> {
                if (apis.size() > 2) {
                    change.delete(api);
                }
                yield api;
            }
            case 2 -> change.update(subscription.in(subscription.isIn("active") ? "suspended" : "active"));
            case 3 -> change.update(consumer.in(consumer.isIn("active") ? "suspended" : "active"));
            case 4 -> {
                change.generation(change.update(api.named(api.name() + "x")).revision() + 1_000L * (round + 1));
                yield api;
            }
            default -> change.update(api.with("display_name", "name " + round));
        };
    }

    @Test
    void after_each_change_it_comes_to_the_same_snapshot_as_a_look_at_the_whole_store() throws Exception {
        try (ControlFixture control = ControlFixture.start(folder.resolve("control"))) {
            String api = control.api("acme", "orders", "http://127.0.0.1:9");
            control.api("acme", "invoices", "http://127.0.0.1:9");
            String plan = control.plan("acme", "free", Map.of("requires_approval", false));
            control.subscribe("acme", api, plan, control.consumer("acme", "shop"))
                    .is(201);
            control.plane.close();
            SnapshotSigner signer = SnapshotSigner.open(folder.resolve("control"), Signing.fastest(), control.clock);
            try (ControlStore store = ControlStore.open(control.database(), "", control.clock);
                    SnapshotFeed kept = SnapshotFeed.open(store, signer)) {
                kept.digest(ALL);
                for (int round = 0; round < 40; round++) {
                    int number = round;
                    store.change(
                            PlatformScope.ofProcess().tenant("acme"),
                            ControlActor.ofProcess("process:test"),
                            CHANGED,
                            change -> change(change, number));
                    control.clock.advance(Duration.ofMillis(1_300));
                    try (SnapshotFeed anew = SnapshotFeed.open(store, signer)) {
                        assertThat(kept.digest(ALL)).isEqualTo(anew.digest(ALL));
                        assertThat(kept.generation()).isEqualTo(anew.generation());
                    }
                }
            }
            control.restart();
        }
    }
}
