package bulwark.app.stigmem;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.app.up.StateFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FactsProvisioningTest {
    @TempDir
    Path root;

    private FactsProvisioning provision() throws Exception {
        return (FactsProvisioning) new FactsPart().provision(new StateFolder(root), 9000, Clock.systemUTC());
    }

    @Test
    void the_admin_key_is_made_once_shown_once_and_kept_owner_only() throws Exception {
        FactsProvisioning first = provision();
        Path environment = first.directory().resolve(".env");
        String kept = Files.readString(environment);

        FactsProvisioning second = provision();

        assertThat(first.newAdminKey()).hasSize(64);
        assertThat(kept).contains("STIGMEM_ADMIN_KEY=" + first.newAdminKey() + "\n");
        assertThat(first.welcome()).anyMatch(line -> line.contains(String.valueOf(first.newAdminKey())));
        assertThat(second.newAdminKey()).isNull();
        assertThat(second.welcome()).noneMatch(line -> line.contains(String.valueOf(first.newAdminKey())));
        assertThat(Files.readString(environment)).isEqualTo(kept);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(environment)))
                .isEqualTo("rw-------");
    }

    @Test
    void the_child_gets_ports_and_no_secret_in_its_environment() throws Exception {
        var child = provision().children().getFirst();

        assertThat(child.environment())
                .containsEntry("STIGMEM_LOCAL_HTTP_PORT", "9000")
                .containsEntry("STIGMEM_PORT", "9765")
                .doesNotContainKey("STIGMEM_ADMIN_KEY");
    }

    @Test
    void each_start_makes_a_new_node_certificate_of_the_same_authority() throws Exception {
        Path tls = provision().directory().resolve("tls");
        String authority = Files.readString(tls.resolve("ca.crt"));
        String certificate = Files.readString(tls.resolve("node.crt"));

        provision();

        assertThat(Files.readString(tls.resolve("ca.crt"))).isEqualTo(authority);
        assertThat(Files.readString(tls.resolve("node.crt"))).isNotEqualTo(certificate);
    }
}
