package bulwark.facts.identity;

import bulwark.kernel.secrets.SecretAccess;
import org.jspecify.annotations.Nullable;

/** What {@code identity rotate-key} prints. The wording is Stigmem's: scripts read it. */
public final class RotationReport {
    private RotationReport() {}

    /** Standard output, complete with line ends; holds the new seed, except after a dry run. */
    public static String text(RotationResult answer) {
        StringBuilder out = new StringBuilder(512);
        out.append(answer.dryRun() ? "[DRY RUN] " : "")
                .append("Key rotation (")
                .append(answer.kind().wire())
                .append(") complete\n");
        out.append("  old key_id : ").append(answer.oldKeyId()).append('\n');
        out.append("  new key_id : ").append(answer.newKeyId()).append('\n');
        out.append("  dual-trust : ").append(answer.dualTrust()).append('\n');
        out.append(answer.dryRun() ? reachable(answer) : indexes(answer)).append('\n');
        if (answer.dryRun()) {
            return out.append("DRY RUN: nothing was changed, and the new key of this rehearsal is discarded.")
                    .append(" The rotation itself makes another one.\n")
                    .toString();
        }
        out.append("ACTION REQUIRED — update your secrets manager with the new private key:\n");
        out.append("  ")
                .append(answer.kind().variable())
                .append('=')
                .append(answer.seed().exposeText(SecretAccess.grant()))
                .append('\n');
        out.append("Then restart the node.  Keep the old key value until the dual-trust window closes.\n");
        out.append("A running node signs with the new key already: nobody has to wait for the restart.\n");
        return out.toString();
    }

    /** One line for standard error. */
    public static String error(String message) {
        return "error: " + message + "\n";
    }

    private static String reachable(RotationResult answer) {
        return "  TL backend : " + answer.backend() + (answer.backend().equals("off") ? "\n" : " (reachable)\n");
    }

    private static String indexes(RotationResult answer) {
        return "  manifest TL index  : " + indexOrPending(answer, answer.manifestIndex()) + "\n  rotation TL index  : "
                + indexOrPending(answer, answer.rotationIndex()) + "\n  manifest stored in federation_manifests\n";
    }

    private static String indexOrPending(RotationResult answer, @Nullable Long index) {
        if (index != null) {
            return Long.toString(index);
        }
        return answer.backend().equals("off") ? "none (the log is off)" : "pending (follows when the log answers)";
    }
}
