package bulwark.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.error.OperatorError;
import bulwark.testkit.FolderImage;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What becomes of calls when the control plane is gone or comes back older. */
class ControlPlaneOutageTest extends ControlPlaneLinkTestBase {
    @Test
    void the_last_good_snapshot_starts_a_gateway_while_nobody_answers() throws Exception {
        startGateway();
        eventually(204, () -> callWith(key));
        gateway.close();
        control.plane.close();

        startGateway(environment("http://127.0.0.1:" + backend.getAddress().getPort()));
        assertThat(callWith(key)).isEqualTo(204);
        assertThat(send("GET", "/ready", "", Map.of()).statusCode()).isEqualTo(200);
        assertThat(metric("stoa_control_plane_connected")).endsWith(" 0.0");
        gateway.close();

        Path kept = folder.resolve("edge/control-plane.snapshot");
        Files.writeString(kept, Files.readString(kept).replace("acme", "acmf"));
        Assertions.assertThatThrownBy(this::startGateway)
                .isInstanceOf(OperatorError.class)
                .hasMessageContaining("control-plane.snapshot");
        gateway = null;
    }

    @DisplayName("H10: a gateway without any snapshot is not ready while nobody answers")
    @Test
    void a_gateway_without_any_snapshot_is_not_ready_while_nobody_answers() throws Exception {
        startGateway(environment("http://127.0.0.1:" + backend.getAddress().getPort()));
        HttpResponse<String> ready = send("GET", "/ready", "", Map.of());
        assertThat(ready.statusCode()).isEqualTo(503);
        assertThat(ready.body()).isEqualTo("NOT READY: Control Plane unreachable");
        assertThat(call("/health", Map.of())).isEqualTo(200);
    }

    @Test
    void a_control_plane_that_was_restored_from_an_older_backup_takes_nothing_back() throws Exception {
        Path backup = folder.resolve("backup");
        control.plane.close();
        FolderImage.copyTree(folder.resolve("control"), backup);
        control.restart();
        control.admin("acme", "POST", "/v1/subscriptions/" + subscription + "/suspend")
                .is(200);
        startGateway();
        eventually("synced", this::syncStatus);
        assertThat(callWith(key)).isEqualTo(401);
        gateway.close();

        control.plane.close();
        delete(folder.resolve("control"));
        FolderImage.copyTree(backup, folder.resolve("control"));
        control.restart();
        startGateway();
        eventually("drifted", this::syncStatus);
        eventually(
                "stoa_control_plane_snapshots_refused_total 1.0",
                () -> metric("stoa_control_plane_snapshots_refused_total"));
        assertThat(callWith(key)).as("suspended before the restore").isEqualTo(401);

        // Once the owner has looked at what was lost, the numbers go on from beyond.
        control.admin("acme", "POST", "/v1/subscriptions/" + subscription + "/suspend")
                .is(200);
        control.owner("/owner/generation/advance", Map.of("generation", 1_000));
        eventually("synced", this::syncStatus);
        assertThat(callWith(key)).isEqualTo(401);
    }

    /** Whoever writes the state folder cannot make revoked keys good again with an older snapshot, which is signed as well. */
    @Test
    void an_older_kept_snapshot_starts_no_gateway() throws Exception {
        startGateway();
        eventually(204, () -> callWith(key));
        Path kept = folder.resolve("edge/control-plane.snapshot");
        byte[] older = Files.readAllBytes(kept);
        control.admin("acme", "POST", "/v1/subscriptions/" + subscription + "/suspend")
                .is(200);
        eventually(401, () -> callWith(key));
        eventually("synced", this::syncStatus);
        gateway.close();
        gateway = null;
        Files.write(kept, older);
        Files.deleteIfExists(folder.resolve("edge/control-plane.deltas"));
        Assertions.assertThatThrownBy(this::startGateway)
                .isInstanceOf(OperatorError.class)
                .hasMessageContaining("would be good again");

        // Without the file the store still knows how far it was.
        Files.delete(kept);
        startGateway();
        eventually(401, () -> callWith(key));
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
