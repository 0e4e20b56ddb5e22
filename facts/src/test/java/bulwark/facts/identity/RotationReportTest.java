package bulwark.facts.identity;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.secrets.SecretBytes;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RotationReportTest {
    private static RotationResult answer(KeyKind kind, boolean dryRun, String backend, @Nullable Long index) {
        return new RotationResult(
                kind,
                dryRun,
                "a1b2c3d4e5f60001",
                "9f8e7d6c5b4a0002",
                "2026-08-24T12:00:00.123456Z",
                backend,
                index,
                index == null ? null : (Long) (index + 1),
                SecretBytes.ofText("AAECAwQF"));
    }

    @Test
    void a_committed_rotation_prints_what_scripts_read() {
        assertThat(RotationReport.text(answer(KeyKind.NODE, false, "local", 43L)))
                .isEqualTo("""
                        Key rotation (node) complete
                          old key_id : a1b2c3d4e5f60001
                          new key_id : 9f8e7d6c5b4a0002
                          dual-trust : 2026-08-24T12:00:00.123456Z
                          manifest TL index  : 43
                          rotation TL index  : 44
                          manifest stored in federation_manifests

                        ACTION REQUIRED — update your secrets manager with the new private key:
                          STIGMEM_NODE_PRIVATE_KEY=AAECAwQF
                        Then restart the node.  Keep the old key value until the dual-trust window closes.
                        A running node signs with the new key already: nobody has to wait for the restart.
                        """);
    }

    @Test
    void a_dry_run_says_that_nothing_was_changed_and_prints_no_seed() {
        assertThat(RotationReport.text(answer(KeyKind.ISSUER, true, "local", null)))
                .startsWith("[DRY RUN] Key rotation (issuer) complete\n")
                .contains("\n  TL backend : local (reachable)\n", "nothing was changed", "discarded")
                .doesNotContain("TL index", "manifest stored", "ACTION REQUIRED", "PRIVATE_KEY", "AAECAwQF");
        assertThat(StrictJson.text(StrictJson.parse(StrictJson.write(
                        answer(KeyKind.ISSUER, true, "local", null).json()))))
                .doesNotContain("AAECAwQF");
    }

    @Test
    void an_entry_that_is_not_in_the_log_yet_is_called_pending() {
        assertThat(RotationReport.text(answer(KeyKind.NODE, false, "local", null)))
                .contains("  manifest TL index  : pending", "  rotation TL index  : pending");
    }

    @Test
    void a_rotation_result_round_trips_through_the_admin_socket() {
        RotationResult answer = answer(KeyKind.ISSUER, false, "rekor", 7L);
        RotationResult read = RotationResult.of(StrictJson.parse(StrictJson.write(answer.json())));
        assertThat(RotationReport.text(read)).isEqualTo(RotationReport.text(answer));
    }

    @Test
    void the_seed_does_not_print_with_the_answer() {
        assertThat(answer(KeyKind.NODE, false, "local", 1L).toString()).doesNotContain("AAECAwQF");
    }
}
